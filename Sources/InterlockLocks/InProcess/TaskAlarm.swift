package import Interlock

/// An alarm that waits in a task, for where bodies and alarms share their threads anyway.
package final class TaskAlarm: LockAlarm {
  private struct State {
    var deadline: Instant?
    var sleeper: Task<Void, Never>?
  }

  private let clock: any MonotonicClock
  private let ring: @Sendable () -> Void
  private let state = Guarded(State())

  package init(clock: any MonotonicClock, _ ring: @escaping @Sendable () -> Void) {
    self.clock = clock
    self.ring = ring
  }

  deinit { state.withLock { $0.sleeper }?.cancel() }

  package func set(_ deadline: Instant?) {
    let (former, isNew) = state.withLock { state -> (Task<Void, Never>?, Bool) in
      guard state.deadline != deadline else { return (nil, false) }
      state.deadline = deadline
      return (state.sleeper.take(), true)
    }
    former?.cancel()
    guard isNew, let deadline else { return }
    // Owned by the alarm, which cancels it when it is set anew and when it goes.
    let sleeper = Task { [weak self, clock] in
      // It fails only when it is cancelled: then it has nothing to ring for.
      guard (try? await clock.sleep(until: deadline)) != nil else { return }
      self?.strike(deadline)
    }
    let isKept = state.withLock { state in
      guard state.deadline == deadline, state.sleeper == nil else { return false }
      state.sleeper = sleeper
      return true
    }
    if !isKept { sleeper.cancel() }
  }

  private func strike(_ deadline: Instant) {
    let isDue = state.withLock { state in
      guard state.deadline == deadline else { return false }
      (state.deadline, state.sleeper) = (nil, nil)
      return true
    }
    if isDue { ring() }
  }
}
