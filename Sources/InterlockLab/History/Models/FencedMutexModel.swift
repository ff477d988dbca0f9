/// A mutex that gives each holder a fencing token greater than all before, and may be taken from its holder, as
/// when the term of a lease ends.
///
/// *Source* for the tokens: Kleppmann: How to do distributed locking, 2016.
public struct FencedMutexModel: SequentialModel {
  /// What may be asked.
  public enum Operation: Sendable, Hashable {
    /// To become the holder.
    case acquire
    /// To stop being the holder with this token.
    case release(UInt64)
    /// To free it, whoever holds it.
    case revoke
  }

  /// What may be answered.
  public enum Result: Sendable, Hashable {
    /// To `acquire`: this token is the holder's now.
    case acquired(UInt64)
    /// To `release` and `revoke`: it was held, with that token, and is free.
    case released
    /// To `acquire`: it is held; to `release`: not with that token; to `revoke`: it is free.
    case refused
  }

  /// Who holds it, and the fence.
  public struct State: Sendable, Hashable {
    /// Who holds it.
    public enum Holder: Sendable, Hashable {
      /// Nobody does.
      case none
      /// Whoever was given this token.
      case token(UInt64)
      /// Whoever was given a token nobody knows, as that `acquire` never returned; it is none of these, all
      /// greater than the fence, which a `release` was refused with.
      case unknown(except: Set<UInt64>)
    }

    /// Who holds it.
    public let holder: Holder
    /// The greatest token given; one that nobody knows is at least this.
    public let fence: UInt64

    @inlinable init(holder: Holder, fence: UInt64) {
      self.holder = holder
      self.fence = fence
    }

    /// Whether `token` may be the holder's.
    @inlinable func mayBeHeld(by token: UInt64) -> Bool {
      switch holder {
      case .none: false
      case .token(let held): held == token
      case .unknown(let others): token >= fence && !others.contains(token)
      }
    }

    /// What is known once `token` turned out not to be the holder's; nil when it must be.
    @inlinable func excluding(_ token: UInt64) -> State? {
      guard mayBeHeld(by: token) else { return self }
      guard case .unknown(var others) = holder else { return nil }
      others.insert(token)
      // The fence is the least token that is left.
      var least = fence
      while others.remove(least) != nil {
        guard least < .max else { return nil }
        least += 1
      }
      return State(holder: .unknown(except: others), fence: least)
    }
  }

  /// Free, with the fence it was made with.
  public let initial: State

  /// A free mutex.
  ///
  /// - Parameter fence: Every token is greater than this.
  public init(fence: UInt64 = 0) {
    initial = State(holder: .none, fence: fence)
  }

  /// What the operation leaves; nil when it cannot have had that result.
  @inlinable public func step(_ state: State, _ operation: Operation, _ result: Result?) -> State? {
    switch operation {
    case .acquire: acquire(state, result)
    case .release(let token): release(state, token, result)
    case .revoke: revoke(state, result)
    }
  }

  @inlinable func acquire(_ state: State, _ result: Result?) -> State? {
    let isFree = state.holder == .none
    switch result {
    case .acquired(let token):
      return isFree && token > state.fence ? State(holder: .token(token), fence: token) : nil
    case .refused: return isFree ? nil : state
    case .released: return nil
    case nil:
      guard isFree, state.fence < .max else { return nil }
      return State(holder: .unknown(except: []), fence: state.fence + 1)
    }
  }

  @inlinable func release(_ state: State, _ token: UInt64, _ result: Result?) -> State? {
    switch result {
    case .released, nil:
      state.mayBeHeld(by: token) ? State(holder: .none, fence: max(state.fence, token)) : nil
    case .refused: state.excluding(token)
    case .acquired: nil
    }
  }

  @inlinable func revoke(_ state: State, _ result: Result?) -> State? {
    let isFree = state.holder == .none
    switch result {
    case .released, nil: return isFree ? nil : State(holder: .none, fence: state.fence)
    case .refused: return isFree ? state : nil
    case .acquired: return nil
    }
  }
}
