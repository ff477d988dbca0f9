/// How jobs and tasks come to the engine.
extension Engine {
  /// A job that may run from now on, on `actor` or, with 0, on none.
  func arrive(_ job: UnownedJob, actor: UInt) {
    let address = unsafe unsafeBitCast(job, to: UInt.self)
    let kind = RuntimeObject(address: address).jobKind
    let mode: ReadyJob.Mode
    let task: Int32
    switch kind {
    case RuntimeLayout.taskJob:
      mode = actor == 0 ? .task : .actor
      task = number(of: address)
    case RuntimeLayout.nullaryContinuationJob:
      mode = .yield
      task = running
    default:
      mode = actor == 0 ? .drain : .actor
      task = TaskTable.runtimeTask
    }
    // Numbered now, an actor has the same number in every run that began the same way.
    if actor != 0, strategy.followsFootprints { _ = objects.number(of: actor, isObject: true) }
    let arrived = ReadyJob(
      job: address, mode: mode, task: task, actor: actor, sequence: sequence,
      enabledBy: UInt32(truncatingIfNeeded: steps), isWokenByTime: isWaking)
    sequence &+= 1
    if isFrozen(arrived) { parked.append(arrived) } else { ready.append(arrived) }
  }

  /// A job that only wakes a sleeper, when its time has come.
  func sleep(_ job: UnownedJob, for delay: Duration?) {
    guard let delay else {
      fail(
        .escaped(function: "a clock that does not count in Duration", task: tasks.label(running)))
      return
    }
    let (deadline, isBeyond) = now.addingReportingOverflow(max(0, delay.wholeNanoseconds))
    timers.insert(
      TimerQueue.Timer(
        deadline: isBeyond ? .max : deadline, sequence: sequence,
        job: unsafe unsafeBitCast(job, to: UInt.self), task: running))
    sequence &+= 1
  }

  func created(_ object: UInt, name: String?) {
    let task = number(of: object)
    if let name { tasks[task].name = name }
  }

  /// Whether a job meant for the process-wide pool belongs here: one of a task of this lab does, and so does
  /// what the runtime makes for itself on this thread, such as an isolated `deinit`.
  func takes(_ job: UInt) -> Bool {
    let isTask = RuntimeObject(address: job).jobKind == RuntimeLayout.taskJob
    guard !isTask || tasks.number(of: job) != nil else { return false }
    arrive(unsafe unsafeBitCast(job, to: UnownedJob.self), actor: 0)
    return true
  }

  /// The number of a task, which is new if it has not been seen.
  private func number(of object: UInt) -> Int32 {
    if let number = tasks.number(of: object) { return number }
    RuntimeObject(address: object).retain()
    let number = tasks.insert(
      TaskTable.Record(
        object: object, parent: running, createdAt: UInt32(truncatingIfNeeded: steps),
        isFrozen: running >= 0 && running != TaskTable.runtimeTask && tasks[running].isFrozen))
    strategy.created(number, parent: running)
    return number
  }
}

extension Duration {
  /// Rounded up, and no more than fits: nobody wakes early.
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, isBeyond) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !isBeyond else { return seconds < 0 ? .min : .max }
    let (rest, remainder) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return whole.addingReportingOverflow(rest + (remainder > 0 ? 1 : 0)).partialValue
  }
}
