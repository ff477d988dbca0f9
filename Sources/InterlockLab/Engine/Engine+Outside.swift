internal import CInterlockLab

/// What happens outside the lab, and what comes back from there.
extension Engine {
  /// A wait is no step that blocks its thread: how long it may take before that is said again.
  private static let longestSilence: Int64 = 1_000_000_000

  /// Work of a task, or the task itself, went where the lab cannot follow.
  func escaped(_ function: String, _ task: Int32) {
    guard setup.outsideWait == nil else {
      journal?.note("\(tasks.label(task)) leaves the lab through \(function)")
      hasLeft = true
      return
    }
    fail(.escaped(function: function, task: tasks.label(task)))
  }

  /// Makes ready what has come back, if that is allowed.
  func takeArrivals() {
    let total = OutsideArrivals.total
    guard total != arrivalsSeen else { return }
    arrivalsSeen = total
    for arrival in inbox.take(of: tasks) + OutsideArrivals.ofAnyone.take(of: tasks) {
      arrive(unsafe unsafeBitCast(arrival.job, to: UnownedJob.self), actor: arrival.actor)
    }
  }

  /// Waits until something may have come back.
  ///
  /// - Returns: whether it has: not when nothing is out, or nothing came in time.
  func waitForOutside() -> Bool {
    guard let limit = setup.outsideWait, ready.isEmpty, hasLeft || timers.isEmpty,
      tasks.records.contains(where: {
        !$0.isFrozen && !RuntimeObject(address: $0.object).isComplete
      })
    else { return false }
    let end = interlock_lab_real_time() + limit
    while OutsideArrivals.total == arrivalsSeen {
      let rest = end - interlock_lab_real_time()
      guard rest > 0 else {
        hasLeft = false
        return false
      }
      unsafe interlock_lab_begin_step(context, context.pointee.step)
      interlock_lab_await_arrival(arrivalsSeen, min(rest, Self.longestSilence))
    }
    return true
  }

  /// The task of a job that came from outside though nothing may.
  var taskFromOutside: Int32? {
    guard OutsideArrivals.total != arrivalsSeen else { return nil }
    let arrivals = inbox.take(of: tasks) + OutsideArrivals.ofAnyone.take(of: tasks)
    return arrivals.first.flatMap { tasks.number(of: $0.job) }
  }
}
