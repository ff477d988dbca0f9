internal import CInterlockLab

/// How jobs and tasks come to the engine.
extension Engine {
  /// A job that may run from now on, on `actor` or, with 0, on none.
  func arrive(_ job: UnownedJob, actor: UInt) {
    let address = unsafe unsafeBitCast(job, to: UInt.self)
    let kind = RuntimeObject(address: address).jobKind
    let mode: ReadyJob.Mode
    let task: Int32
    var actor = actor
    switch kind {
    case RuntimeLayout.taskJob:
      mode = actor == 0 ? .task : .actor
      // The runtime makes the task of an `async let` itself; that of the body was made by no step.
      task = number(of: address, isKept: running < 0 || (unsafe context.pointee.is_creating))
    case RuntimeLayout.nullaryContinuationJob:
      mode = .yield
      task = author
    default:
      mode = actor == 0 ? .drain : .actor
      let queued = actor == 0 ? taskInQueueOfActor : nil
      task = queued?.task ?? runtimeTask(kind)
      actor = queued?.actor ?? actor
    }
    // Numbered now, an actor has the same number in every run that began the same way.
    if actor != 0, strategy.isReduction { _ = objects.number(of: actor, isObject: true) }
    let arrived = ReadyJob(
      job: address, mode: mode, task: task, actor: actor, sequence: sequence,
      enabledBy: UInt32(truncatingIfNeeded: steps), isWokenByTime: isWaking)
    sequence &+= 1
    if isFrozen(arrived) { parked.append(arrived) } else { ready.append(arrived) }
  }

  /// The latest anybody wakes, 146 years after the start: clocks that began earlier can still be told.
  private static let endOfTime = Int64(1) << 62

  /// A job that only wakes a sleeper, when its time has come.
  func sleep(_ job: UnownedJob, for delay: Duration?) {
    guard let delay else {
      fail(
        .escaped(function: "a clock that does not count in Duration", task: tasks.label(author)))
      return
    }
    guard !leavesOff(INTERLOCK_LAB_WITHOUT_SLEEP) else { return arrive(job, actor: 0) }
    let (deadline, isBeyond) = now.addingReportingOverflow(max(0, delay.wholeNanoseconds))
    timers.insert(
      TimerQueue.Timer(
        deadline: isBeyond ? Self.endOfTime : min(deadline, Self.endOfTime), sequence: sequence,
        job: unsafe unsafeBitCast(job, to: UInt.self), task: author))
    sequence &+= 1
  }

  func created(_ object: UInt, name: String?) {
    let task = number(of: object, isKept: true)
    guard let name else { return }
    tasks[task].name = name
    unsafe interlock_lab_name_task(context, task, name)
  }

  /// Whether a job meant for the process-wide pool belongs here.
  ///
  /// One of a task of this lab does. Others are of tasks outside, which a task of this lab may wake, or of the
  /// actors they are on.
  func takes(_ job: UInt) -> Bool {
    guard tasks.number(of: job) != nil else { return false }
    arrive(unsafe unsafeBitCast(job, to: UnownedJob.self), actor: 0)
    return true
  }

  /// The task that the runtime library has put into the queue of an actor, by a hop of its own: the job that has
  /// arrived for it is the actor's, and says neither.
  private var taskInQueueOfActor: (task: Int32, actor: UInt)? {
    for task in ([author] + tasks.records.indices.reversed().map { Int32($0) }) where task >= 0 {
      guard task < tasks.count,
        case .turn(let actor) = RuntimeObject(address: tasks[task].object).wait, actor != 0,
        !isHere(task)
      else { continue }
      return (task, actor)
    }
    return nil
  }

  /// Whether the task has a job that may run.
  func isHere(_ task: Int32) -> Bool {
    ready.last?.task == task || ready.contains { $0.task == task }
      || parked.contains { $0.task == task }
  }

  /// The task whose code runs: not the one whose step it is inside the first part of an immediate task.
  var author: Int32 {
    guard let task = unsafe interlock_lab_current_task() else { return running }
    return tasks.number(of: UInt(bitPattern: task)) ?? running
  }

  /// A number of its own for a job of the runtime that belongs to no task, so that its turn is chosen like any other.
  private func runtimeTask(_ kind: UInt8) -> Int32 {
    let task = insert(0, isInFrame: false)
    guard journal != nil, kind == RuntimeLayout.isolatedDeinitJob,
      let object = unsafe context.pointee.leaving
    else { return task }
    tasks[task].name = "deinit of \(RuntimeObject(address: UInt(bitPattern: object)).typeName)"
    return task
  }

  /// The number of a task, which is new if it has not been seen; then `isKept` says whether it can be retained.
  private func number(of object: UInt, isKept: Bool) -> Int32 {
    if let number = tasks.number(of: object) { return number }
    if isKept { RuntimeObject(address: object).retain() }
    return insert(object, isInFrame: !isKept)
  }

  private func insert(_ object: UInt, isInFrame: Bool) -> Int32 {
    let parent = author
    let number = tasks.insert(
      TaskTable.Record(
        object: object, parent: parent, createdAt: UInt32(truncatingIfNeeded: steps),
        isInFrame: isInFrame, isFrozen: !isStartingProcess && parent >= 0 && tasks[parent].isFrozen,
        isRootOfProcess: isStartingProcess))
    strategy.created(number, parent: parent, lineage: tasks[number].lineage)
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
    let (sum, isFull) = whole.addingReportingOverflow(rest + (remainder > 0 ? 1 : 0))
    return isFull ? .max : sum
  }
}
