package import Interlock

/// Wakes the one task that waits for it, at an instant or when rung, whichever comes first.
///
/// A ring that nobody waits for is kept, so none between looking and waiting is lost; several are
/// one. It may be rung from anywhere, cancellation handlers included.
package final class Bell: Sendable {
  private enum State {
    case silent
    case rung
    case awaited(CheckedContinuation<Void, Never>)
  }

  private let state = Guarded(State.silent)

  package init() {}

  package func ring() {
    let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
      switch state {
      case .silent, .rung:
        state = .rung
        return nil
      case .awaited(let waiter):
        state = .silent
        return waiter
      }
    }
    waiter?.resume()
  }

  /// Waits for a ring, or until `deadline`.
  ///
  /// Only one task waits at a time, and it must not be cancelled: who wants it to end rings.
  package func wait(until deadline: Instant?, on clock: any MonotonicClock) async {
    guard let deadline else { return await wait() }
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        // Cancelled, the sleep ends because the bell has been rung already.
        guard (try? await clock.sleep(until: deadline)) != nil else { return }
        self.ring()
      }
      await wait()
      group.cancelAll()
    }
  }

  private func wait() async {
    await withCheckedContinuation { continuation in
      let isRung = state.withLock { state in
        switch state {
        case .silent:
          state = .awaited(continuation)
          return false
        case .rung:
          state = .silent
          return true
        case .awaited:
          preconditionFailure("two tasks wait for one bell")
        }
      }
      if isRung { continuation.resume() }
    }
  }
}
