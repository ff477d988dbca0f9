/// Virtual time.
extension Engine {
  /// Whether nothing is ready, or whatever is only waits for time to pass by yielding again and again.
  var isIdle: Bool {
    ready.isEmpty || (tasks.spinning > 0 && !timers.isEmpty && ready.allSatisfy(isSpinning))
  }

  /// Whether time goes on though something is ready.
  func slips() -> Bool {
    guard case .slipping(let odds) = setup.time, !timers.isEmpty, !ready.isEmpty else {
      return false
    }
    guard happens(oneIn: odds) else { return false }
    journal?.timeSlips()
    return true
  }

  /// Moves the time on to the next deadline, and wakes all who wait for it: they are ready together, and race.
  ///
  /// - Returns: whether somebody slept.
  func wakeSleepers() -> Bool {
    guard let first = timers.first else { return false }
    let isLater = first.deadline > now
    if isLater {
      if let missed = promises.missed(by: first.deadline) {
        fail(.failed(missed), at: missed)
        return true
      }
      now = first.deadline
    }
    journal?.wakes(at: now, isLater: isLater)
    isWaking = true
    while let timer = timers.first, timer.deadline <= now {
      _ = timers.removeFirst()
      running = timer.task
      wake(timer.job)
    }
    isWaking = false
    running = -1
    return true
  }
}
