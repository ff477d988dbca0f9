import Interlock

/// A clock whose time only the test moves.
final class SteppedClock: MonotonicClock {
  private struct State {
    var now = Instant.origin
    var sleepers: [(deadline: Instant, latch: Latch)] = []
  }

  private let state = Guarded(State())

  var now: Instant { state.withLock { $0.now } }

  func sleep(until deadline: Instant) async throws {
    let latch = Latch()
    let mustWait = state.withLock { state in
      guard deadline > state.now else { return false }
      state.sleepers.append((deadline, latch))
      return true
    }
    if mustWait { await latch.wait() }
    try Task.checkCancellation()
  }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let now = state.now
      defer { state.sleepers.removeAll { $0.deadline <= now } }
      return state.sleepers.filter { $0.deadline <= now }
    }
    for sleeper in due { sleeper.latch.open() }
  }
}
