internal import CInterlockLab

/// One step: a job runs to its next suspension.
extension Engine {
  /// Takes the job at `index` of `ready`, as a step of its own.
  ///
  /// - Parameters:
  ///   - index: Which job.
  ///   - isNested: Whether it runs inside a step of another task.
  func step(_ index: Int, isNested: Bool = false) {
    let job = ready[index]
    strategy.executes(job, among: ready)
    journal?.step(
      job, number: steps + 1, at: now, ready: ready.count, isNested: isNested, tasks,
      main: unsafe UInt(bitPattern: context.pointee.main_executor.identity))
    ready.remove(at: index)
    steps += 1
    let outerStep = unsafe context.pointee.step
    unsafe interlock_lab_begin_step(
      context, interlock_lab_step(number: Int64(steps), task: job.task, actor: job.actor))
    traceHash.mix(
      UInt64(UInt32(bitPattern: job.task)) | (isNested ? 1 << 40 : 0)
        | UInt64(truncatingIfNeeded: ready.count) << 42)
    let (outer, outerLast) = (running, last)
    running = job.task
    last = job.task
    let known = objects.count
    // A step that is let in uses what it uses, not what the outer one has used so far.
    let outerFootprint = isNested ? footprint : Footprint()
    if isNested { footprint.removeAll() }
    occupied.append(job.actor)
    execute(job)
    occupied.removeLast()
    if strategy.followsFootprints { tellFootprint(of: job, known: known) }
    if isNested { footprint = outerFootprint }
    noteEnd(of: job.task)
    running = outer
    if isNested {
      last = outerLast
      unsafe context.pointee.step = outerStep
    }
    if !promises.isEmpty, failure == nil { keepPromises() }
  }

  private func noteEnd(of task: Int32) {
    guard let address = tasks.address(of: task), RuntimeObject(address: address).isComplete else {
      return
    }
    tasks.ends(task)
  }

  /// Nobody is let in while invariants look, though what they look into may have sync points.
  private func keepPromises() {
    let outer = running
    running = -1
    // Looked at in a copy: whoever looks may promise more.
    let seen = promises
    let broken = seen.broken()
    if broken == nil { promises.drop(seen.kept) }
    running = outer
    if let broken { fail(.failed(broken), at: broken) }
  }

  private func execute(_ job: ReadyJob) {
    tasks.takesStep(
      job.task, number: UInt32(truncatingIfNeeded: steps), isYield: job.mode == .yield)
    resume(job)
    // A yield is two jobs: the first has only made the task ready again.
    guard job.mode == .yield, !leavesOff(INTERLOCK_LAB_WITHOUT_YIELD), let next = ready.last,
      next.task == job.task
    else { return }
    ready.removeLast()
    resume(next)
  }

  private func resume(_ job: ReadyJob) {
    let runtimeJob = unsafe unsafeBitCast(job.job, to: UnownedJob.self)
    guard job.actor != 0, job.mode != .drain else {
      unsafe runtimeJob.runSynchronously(on: taskExecutor.asUnownedTaskExecutor())
      return
    }
    let isMain = unsafe job.actor == UInt(bitPattern: context.pointee.main_executor.identity)
    let serial =
      unsafe isMain
      ? mainExecutor.asUnownedSerialExecutor()
      : unsafeBitCast(
        interlock_lab_executor(
          identity: UnsafeMutableRawPointer(bitPattern: job.actor),
          implementation: context.pointee.actor_implementation),
        to: UnownedSerialExecutor.self)
    unsafe runtimeJob.runSynchronously(
      isolatedTo: serial, taskExecutor: taskExecutor.asUnownedTaskExecutor())
  }

  /// Runs a job that only makes a sleeping task ready.
  func wake(_ job: UInt) {
    let runtimeJob = unsafe unsafeBitCast(job, to: UnownedJob.self)
    let anywhere = unsafe unsafeBitCast(interlock_lab_executor(), to: UnownedSerialExecutor.self)
    unsafe runtimeJob.runSynchronously(on: anywhere)
  }

  /// A task among what is used: no object has an odd address.
  private static func name(of task: Int32) -> UInt { UInt(UInt32(bitPattern: task)) << 1 | 1 }
  private static let anything = UInt.max

  /// A step uses its actor and what it touched.
  ///
  /// One that ends a task may use its parent as well, which may be waiting for whichever of its
  /// children ends next.
  private func tellFootprint(of job: ReadyJob, known: Int32) {
    if strategy.isReduction {
      if job.actor != 0 { touch(job.actor, isObject: true) }
      if strategy.followsCompletions { touchCompletion(of: job.task) }
      // What an invariant looks at is not known: it may be anything.
      if !promises.isEmpty { touch(Self.anything, isObject: false) }
    }
    strategy.executed(job, footprint: footprint, known: known)
    footprint.removeAll()
  }

  private func touchCompletion(of number: Int32) {
    let task = tasks[number]
    touch(Self.name(of: number), isObject: false)
    // What has no object is no task, and nobody waits for it.
    guard task.parent >= 0, task.object != 0, RuntimeObject(address: task.object).isComplete else {
      return
    }
    touch(Self.name(of: task.parent), isObject: false)
  }
}
