import InterlockLab
import Testing

/// The model against one that is too simple to be wrong: it follows every token an `acquire` that never
/// returned may have been given.
@Suite struct FencedMutexModelTests {
  typealias Model = FencedMutexModel

  /// All the mutex may be in: who holds it, and the greatest token given.
  private struct Concrete: Hashable {
    var holder: UInt64?
    var fence: UInt64
  }

  /// What operations can be told of, after `fence`, and one token more for each operation.
  private static let tokens: UInt64 = 3
  private static let longest = 5

  private static func events(after fence: UInt64) -> [(Model.Operation, Model.Result?)] {
    let known = (1...tokens).map { fence + $0 }
    return known.map { (.acquire, .acquired($0)) } + [(.acquire, .refused), (.acquire, nil)]
      + known.flatMap { token in
        [(.release(token), .released), (.release(token), .refused), (.release(token), nil)]
      }
      + [(.revoke, .released), (.revoke, .refused), (.revoke, nil)]
  }

  private static func next(
    _ state: Concrete, _ operation: Model.Operation, _ result: Model.Result?, upTo last: UInt64
  ) -> [Concrete] {
    switch (operation, result) {
    case (.acquire, .acquired(let token)):
      state.holder == nil && token > state.fence ? [Concrete(holder: token, fence: token)] : []
    case (.acquire, nil):
      state.holder == nil && state.fence < last
        ? (state.fence + 1...last).map { Concrete(holder: $0, fence: $0) } : []
    case (.acquire, .refused): state.holder == nil ? [] : [state]
    case (.release(let token), .released), (.release(let token), nil):
      state.holder == token ? [Concrete(holder: nil, fence: state.fence)] : []
    case (.release(let token), .refused): state.holder == token ? [] : [state]
    case (.revoke, .released), (.revoke, nil):
      state.holder == nil ? [] : [Concrete(holder: nil, fence: state.fence)]
    case (.revoke, .refused): state.holder == nil ? [state] : []
    default: []
    }
  }

  /// At the end of the range there are no tokens left but those that are told.
  @Test(arguments: [0, UInt64.max - tokens])
  func `what it accepts is what some choice of the unknown tokens explains, and no more`(
    fence: UInt64
  ) {
    let model = Model(fence: fence)
    let events = Self.events(after: fence)
    let last =
      fence == 0 ? Self.tokens + UInt64(Self.longest) : fence + Self.tokens
    var histories = 0
    func extend(
      _ state: Model.State, _ concrete: Set<Concrete>,
      _ history: [(Model.Operation, Model.Result?)]
    ) {
      guard history.count < Self.longest else { return }
      for (operation, result) in events {
        histories += 1
        let history = history + [(operation, result)]
        let after = model.step(state, operation, result)
        let possible = Set(
          concrete.flatMap { Self.next($0, operation, result, upTo: last) })
        if let after, !possible.isEmpty {
          extend(after, possible, history)
        } else if after != nil || !possible.isEmpty {
          Issue.record("\(history) is \(after == nil ? "refused" : "accepted")")
        }
      }
    }
    extend(model.initial, [Concrete(holder: nil, fence: fence)], [])
    #expect(histories > 1000)
  }

  @Test func `a token that was refused is not the unknown holder's`() {
    let model = Model()
    var state: Model.State? = model.initial
    for (operation, result): (Model.Operation, Model.Result?) in [
      (.acquire, nil), (.release(5), .refused), (.release(1), .refused),
    ] { state = state.flatMap { model.step($0, operation, result) } }
    #expect(state?.holder == .unknown(except: [5]) && state?.fence == 2)
    #expect(state.flatMap { model.step($0, .release(5), .released) } == nil)
  }
}
