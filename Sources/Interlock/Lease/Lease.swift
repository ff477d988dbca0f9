internal import Synchronization

/// A claim that one holder may look at from any task: whether it still holds, its fence, its loss.
///
/// It is the waiting face of a ``LeaseMachine``, which decides; whoever renews drives it.
///
/// ```swift
/// try lease.check()                 // no IO: throws when the lease cannot be proved to be held now
/// if let loss = await lease.loss() { … }
/// ```
///
/// *Complexity:* ``check()`` is one atomic load and, for a lease with a term, one look at the clock.
public final class Lease: Sendable {
  /// The loss of one lease, once; it ends when the lease was given back.
  public struct Losses: AsyncSequence, Sendable {
    /// What is told.
    public typealias Element = LeaseLoss
    fileprivate let lease: Lease

    /// One pass over it.
    public struct Iterator: AsyncIteratorProtocol {
      fileprivate var lease: Lease?

      /// The loss; nil when the lease was given back, or the caller is cancelled.
      public mutating func next() async -> LeaseLoss? {
        guard let lease else { return nil }
        self.lease = nil
        return await lease.loss()
      }
    }

    /// Starts a pass.
    public func makeAsyncIterator() -> Iterator { Iterator(lease: lease) }
  }

  private struct State: Sendable {
    var machine = LeaseMachine.none
    var hasBegun = false
    /// A loss that was told before the grant was.
    var earlyLoss: LeaseLoss?
    var tickets = TicketQueue<Void>()
    /// Who waits for the end, and who already for doubt.
    var listeners: [(ticket: Ticket, hearsOfDoubt: Bool)] = []
    var tasks = WaitTable<LeaseLoss?>()

    /// Whom to wake, after a step.
    mutating func conclude() -> [WaitTable<LeaseLoss?>.Wakeup] {
      guard !listeners.isEmpty else { return [] }
      var wakeups: [WaitTable<LeaseLoss?>.Wakeup] = []
      var remaining: [(ticket: Ticket, hearsOfDoubt: Bool)] = []
      for listener in listeners {
        guard let end = ending ?? (listener.hearsOfDoubt ? doubt : nil) else {
          remaining.append(listener)
          continue
        }
        tickets.remove(listener.ticket)
        if let wakeup = tasks.conclude(listener.ticket, end) { wakeups.append(wakeup) }
      }
      listeners = remaining
      return wakeups
    }

    /// What those are to be told who hear of doubt.
    private var doubt: LeaseLoss?? { machine.state == .suspect ? .some(.disconnected) : nil }

    /// What the listeners are to be told, when there is something.
    var ending: LeaseLoss?? {
      switch machine.state {
      case .lost(let loss): .some(loss)
      case .released: hasBegun ? .some(nil) : nil
      case .held, .suspect, .releasing: nil
      }
    }
  }

  /// What errors call it.
  public let name: String
  private let clock: any MonotonicClock
  private let state = Guarded(State())
  /// Until when it is a claim, in nanoseconds; the smallest number when it is none.
  private let end = Atomic<Int64>(.min)
  private let endsByTime = Atomic<Bool>(false)

  /// A lease that is yet to be granted.
  package init(name: String, clock: any MonotonicClock) {
    self.name = name
    self.clock = clock
  }

  /// The fence of the grant.
  public var fence: Fence { state.withLock(\.machine.fence) }

  /// Until when it is a claim without another renewal; nil when it ends only with its process, or is none any more.
  public var validUntil: Instant? {
    let end = end.load(ordering: .acquiring)
    return end == .max || end == .min ? nil : Instant(nanoseconds: end)
  }

  /// How long it is still a claim without another renewal; nil when it has no term.
  public var left: Duration? {
    guard hasTerm else { return nil }
    return validUntil.map { max(.zero, clock.now.duration(to: $0)) } ?? .zero
  }

  /// Lets the holder go on, if the lease is proved to be held now.
  ///
  /// Call it after whatever may have paused, and before what must not be done without the lease.
  ///
  /// - Throws: ``LeaseError`` otherwise.
  public func check() throws(LeaseError) {
    let end = end.load(ordering: .acquiring)
    if end == .max || end > .min && clock.now.nanoseconds < end { return }
    let now = clock.now
    let (refusal, fence) = state.withLock { state -> (LeaseMachine.Refusal?, Fence) in
      do throws(LeaseMachine.Refusal) {
        try state.machine.check(at: now)
        return (nil, state.machine.fence)
      } catch {
        return (error, state.machine.fence)
      }
    }
    if let refusal { throw LeaseError(name: name, fence: fence, refusal: refusal) }
  }

  /// The loss, when it comes.
  public var losses: Losses { Losses(lease: self) }

  /// Waits for the loss of the lease.
  ///
  /// *Cancellation:* returns nil at once.
  ///
  /// - Returns: the loss; nil when the lease was given back, or the caller is cancelled.
  public func loss() async -> LeaseLoss? { await end(hearsOfDoubt: false) }

  /// Waits until the lease cannot be proved any more: earlier than ``loss()``, which waits for certainty.
  ///
  /// Whoever must have stopped before another begins waits for this.
  ///
  /// *Cancellation:* returns nil at once.
  ///
  /// - Returns: the loss, as far as it is known; nil when the lease was given back, or the caller is cancelled.
  public func doubt() async -> LeaseLoss? { await end(hearsOfDoubt: true) }

  private func end(hearsOfDoubt: Bool) async -> LeaseLoss? {
    let (ticket, ending) = state.withLock { state -> (Ticket?, LeaseLoss?) in
      if let ending = state.ending { return (nil, ending) }
      if hearsOfDoubt, state.machine.state == .suspect { return (nil, .disconnected) }
      let ticket = state.tickets.insert(())
      state.listeners.append((ticket, hearsOfDoubt))
      state.tasks.expect(ticket)
      return (ticket, nil)
    }
    guard let ticket else { return ending }
    defer { WaitTable<LeaseLoss?>.noteResumption(at: self) }
    return await withTaskCancellationHandler {
      await unsafe withUnsafeContinuation { continuation in
        state.withLock { unsafe $0.tasks.park(ticket, continuation) }?.perform(at: self)
      }
    } onCancel: {
      state.withLock { state in
        state.listeners.removeAll { $0.ticket == ticket }
        state.tickets.remove(ticket)
        return state.tasks.conclude(ticket, nil)
      }?.perform(at: self)
    }
  }

  /// The loss, if there has been one.
  package var lossSoFar: LeaseLoss? {
    state.withLock { state in
      if case .lost(let loss) = state.machine.state { loss } else { nil }
    }
  }

  /// When its machine is to be told the time next.
  package var nextDeadline: Instant? { state.withLock(\.machine.nextDeadline) }

  /// Whether it ends by time.
  package var hasTerm: Bool { endsByTime.load(ordering: .relaxed) }

  /// How long a term is; nil when there is none.
  package var term: Duration? { state.withLock(\.machine.term) }

  /// It was granted.
  package func begin(_ machine: consuming LeaseMachine) {
    endsByTime.store(machine.term != nil, ordering: .relaxed)
    state.withLock { state in
      if let loss = state.earlyLoss.take() { _ = machine.refused(loss) }
      state.machine = machine
      state.hasBegun = true
      end.store(Self.end(of: machine), ordering: .releasing)
    }
  }

  // MARK: What whoever renews it tells

  /// Time has passed.
  package func advance(to now: Instant) -> LeaseMachine.Command? {
    step { $0.advance(to: now) } ?? nil
  }

  /// A renewal was granted.
  package func confirmed(sent: Instant, at now: Instant, chance: Double) {
    step { $0.confirmed(sent: sent, at: now, chance: chance) }
  }

  /// A renewal got no answer.
  package func unanswered(at now: Instant) { step { $0.unanswered(at: now) } }

  /// It is held no longer, says whoever granted it; it may say so before it was heard that it was granted.
  ///
  /// - Returns: whether that is news.
  @discardableResult
  package func refuse(_ loss: LeaseLoss) -> Bool {
    let isEarly = state.withLock { state in
      if !state.hasBegun { state.earlyLoss = loss }
      return !state.hasBegun
    }
    return isEarly || (step { $0.refused(loss) } ?? nil) != nil
  }

  /// The fence was raised.
  package func raised(to fence: Fence) { step { $0.raised(to: fence) } }

  /// The holder is done with it; one without a term is then given back as far as anybody here can tell.
  ///
  /// - Returns: whether it has to be given back now, and the loss: what could not be proved until the end is lost,
  ///   whatever is found out later.
  package func beginRelease() -> (isDue: Bool, loss: LeaseLoss?) {
    let now = hasTerm ? clock.now : .origin
    return step { machine in
      let loss: LeaseLoss? =
        switch machine.state {
        case .lost(let loss): loss
        case .suspect: .disconnected
        case .held: machine.term != nil && now >= machine.validUntil ? .disconnected : nil
        case .releasing, .released: nil
        }
      let isDue = machine.release()
      if machine.term == nil { machine.released() }
      return (isDue, loss)
    } ?? (false, nil)
  }

  /// It was given back, or that was tried in vain.
  package func released() {
    if hasTerm { step { $0.released() } }
  }

  /// Takes one step of the machine, and tells listeners when it has ended; nil before it was granted.
  @discardableResult
  private func step<Result: Sendable>(_ step: (inout LeaseMachine) -> Result) -> Result? {
    var wakeups: [WaitTable<LeaseLoss?>.Wakeup] = []
    let result = state.withLock { state -> Result? in
      guard state.hasBegun else { return nil }
      let result = step(&state.machine)
      end.store(Self.end(of: state.machine), ordering: .releasing)
      wakeups = state.conclude()
      return result
    }
    for wakeup in wakeups { wakeup.perform(at: self) }
    return result
  }

  private static func end(of machine: LeaseMachine) -> Int64 {
    switch machine.state {
    case .held: machine.term == nil ? .max : machine.validUntil.nanoseconds
    case .suspect, .lost, .releasing, .released: .min
    }
  }
}
