/// A value that several may give and one waits for: the first counts, the rest are ignored.
package final class FirstAnswer<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, Never>)
    case given(Value)
  }

  private let state = Guarded(State.open)

  /// Makes one that nobody has given yet.
  package init() {}

  /// Gives the value, unless there is one; may be called from anywhere.
  package func give(_ value: Value) {
    let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
      switch state {
      case .open:
        state = .given(value)
        return nil
      case .awaited(let waiter):
        state = .given(value)
        return waiter
      case .given:
        return nil
      }
    }
    waiter?.resume(returning: value)
  }

  /// The value; one task waits for it, once, and whoever may cancel that task gives an answer too.
  package var value: Value {
    get async {
      let early: Value? = state.withLock { if case .given(let value) = $0 { value } else { nil } }
      if let early { return early }
      return await withCheckedContinuation { continuation in
        let given: Value? = state.withLock { state in
          switch state {
          case .open:
            state = .awaited(continuation)
            return nil
          case .given(let value):
            return value
          case .awaited:
            preconditionFailure("two tasks wait for one answer")
          }
        }
        if let given { continuation.resume(returning: given) }
      }
    }
  }
}
