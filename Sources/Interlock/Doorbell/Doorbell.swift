/// Lets one task wait until something has happened, any number of times since it last looked.
///
/// Rings are not counted: the waiter is told *that*, and looks for itself *what*. A ring that comes
/// before the wait is remembered, so the order that misses nothing is: `hush`, look, `wait`.
package final class Doorbell: Sendable {
  /// Why a wait ended.
  package enum Wake: Sendable { case rung, closed, cancelled }

  private enum Phase {
    case quiet
    case rung
    case waiting(CheckedContinuation<Wake, Never>)
    /// The waiter was cancelled before it had parked.
    case cancelled
    case closed
  }

  private let phase = Guarded(Phase.quiet)

  /// Makes a bell that has not rung.
  package init() {}

  /// Forgets rings so far: the look that follows sees what they announced.
  package func hush() {
    phase.withLock { phase in
      switch phase {
      case .quiet, .rung, .cancelled: phase = .quiet
      case .closed: break
      case .waiting: preconditionFailure("a bell is hushed while its only waiter waits")
      }
    }
  }

  /// Waits for the next ring, or returns at once when it came since `hush`.
  ///
  /// One task at a time; the owner sees to it.
  ///
  /// *Cancellation:* returns at once.
  package func wait() async -> Wake {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let wake: Wake? = phase.withLock { phase in
          switch phase {
          case .quiet:
            phase = .waiting(continuation)
            return nil
          case .rung:
            phase = .quiet
            return .rung
          case .cancelled:
            phase = .quiet
            return .cancelled
          case .closed: return .closed
          case .waiting: preconditionFailure("two tasks wait at one bell")
          }
        }
        if let wake { continuation.resume(returning: wake) }
      }
    } onCancel: {
      end(.cancelled)
    }
  }

  /// Waits for the next ring until `deadline` at the latest; nil waits for as long as it takes.
  ///
  /// Why it ended is not told: who waits looks what there is to do. A deadline that meets a ring may
  /// leave a second one, for which the next wait returns at once.
  ///
  /// *Cancellation:* returns at once.
  package func wait(until deadline: Instant?, on clock: any MonotonicClock) async {
    guard let deadline else {
      _ = await wait()
      return
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        // Cancelled, the sleep ends because the wait has.
        guard (try? await clock.sleep(until: deadline)) != nil else { return }
        self.ring()
      }
      _ = await wait()
      group.cancelAll()
    }
  }

  /// Wakes the waiter, or the next one.
  package func ring() { end(.rung) }

  /// Wakes the waiter, and every later one, for the last time.
  package func close() { end(.closed) }

  private func end(_ wake: Wake) {
    let waiter: CheckedContinuation<Wake, Never>? = phase.withLock { phase in
      let waiter: CheckedContinuation<Wake, Never>? =
        if case .waiting(let continuation) = phase { continuation } else { nil }
      switch (wake, phase) {
      case (.closed, _), (_, .closed): phase = .closed
      case (_, .waiting): phase = .quiet
      case (.rung, .quiet), (.rung, .rung): phase = .rung
      // A cancelled waiter leaves without looking; the ring must not be lost on the next one, but
      // whoever waits next hushes and looks first.
      case (.rung, .cancelled): break
      case (.cancelled, _): phase = .cancelled
      }
      return waiter
    }
    waiter?.resume(returning: wake)
  }
}
