internal import CInterlockLab

/// One run of a body.
extension Engine {
  /// Runs `body` once, by the choices of `strategy`, until nothing is left to do.
  ///
  /// It takes no time but its own, and the caller's thread. The body has the caller's task-local values.
  func run(
    _ strategy: Strategy, limits: RunLimits = RunLimits(),
    _ body: @escaping @Sendable () async throws -> Void
  ) -> Outcome {
    reset()
    self.strategy = strategy
    self.limits = limits
    strategy.begin()
    return inControl {
      let main = Task(name: "main", executorPreference: taskExecutor) { [self] in
        do { try await body() } catch { fail(.failed("the body threw: \(error)")) }
        isBodyFinished = true
      }
      let outcome = takeSteps()
      if !outcome.isPassed || strategy.isRedundant { tearDown(main) }
      return outcome
    }
  }

  /// Takes steps until there is nothing left to do or something went wrong.
  private func takeSteps() -> Outcome {
    while failure == nil {
      guard !isIdle else {
        if wakeSleepers() { continue }
        break
      }
      guard steps < limits.steps else { return .stepLimit(steps) }
      let index = choose()
      guard !strategy.isRedundant else { return .passed }
      step(index)
    }
    if let failure { return failure }
    if Outside.arrivals.total != outsideBefore, let task = Outside.arrivals.taskOfFirst(in: tasks) {
      return .escaped(function: "another thread", task: tasks.label(task))
    }
    let unfinished = unfinishedTasks()
    if !isBodyFinished { return .deadlock(unfinished) }
    return unfinished.isEmpty ? .passed : .leaked(unfinished)
  }

  /// Whether nothing is ready, or whatever is only waits for time to pass by yielding again and again.
  private var isIdle: Bool {
    ready.isEmpty || (!timers.isEmpty && ready.allSatisfy(isSpinning))
  }

  /// A task that has done nothing but yield, twice, lets others go first: otherwise a loop that waits by
  /// yielding would never end under a strategy that prefers it.
  private func isSpinning(_ job: ReadyJob) -> Bool {
    job.mode == .yield && tasks[job.task].yields >= 2
  }

  /// Moves the time on to the next deadline, and wakes all who wait for it: they are ready together, and race.
  private func wakeSleepers() -> Bool {
    guard let first = timers.first else { return false }
    if first.deadline > now {
      now = first.deadline
      journal?.timePassed(now)
    }
    isWaking = true
    while let timer = timers.first, timer.deadline <= now {
      _ = timers.removeFirst()
      running = timer.task
      let job = unsafe unsafeBitCast(timer.job, to: UnownedJob.self)
      unsafe job.runSynchronously(on: unsafeBitCast((0 as UInt, 0 as UInt), to: UnownedSerialExecutor.self))
    }
    isWaking = false
    running = -1
    return true
  }

  /// The index in `ready` of what runs next.
  private func choose() -> Int {
    guard ready.count > 1 else {
      return strategy.followsFootprints ? strategy.pick(ready, last: last) : 0
    }
    guard ready.contains(where: isSpinning), !ready.allSatisfy(isSpinning) else {
      return choose(among: ready)
    }
    menu.removeAll(keepingCapacity: true)
    for job in ready where !isSpinning(job) { menu.append(job) }
    let chosen = menu[choose(among: menu)]
    return ready.firstIndex { $0.sequence == chosen.sequence } ?? 0
  }

  private func choose(among jobs: [ReadyJob]) -> Int {
    guard jobs.count > 1 || strategy.followsFootprints else { return 0 }
    let index = strategy.pick(jobs, last: last)
    guard jobs.count > 1 else { return index }
    if index != DefaultOrder.index(in: jobs, last: last) {
      deviations.append(Deviation(decision: decisions, choice: jobs[index].task))
      journal?.deviates()
    }
    decisions += 1
    return index
  }

  private func step(_ index: Int) {
    let job = ready[index]
    strategy.executes(job, among: ready)
    journal?.step(job, number: steps + 1, at: now, ready: ready.count, tasks)
    ready.remove(at: index)
    steps += 1
    traceHash.mix(UInt64(UInt32(bitPattern: job.task)))
    running = job.task
    last = job.task
    let known = objects.count
    execute(job)
    if strategy.followsFootprints { tellFootprint(of: job, known: known) }
    running = -1
    for invariant in invariants where failure == nil && !invariant.holds() {
      fail(.failed("\(invariant.name) does not hold"))
    }
  }

  /// A step uses its actor and what it touched. One that ends a task may use its parent as well, which may be
  /// waiting for whichever of its children ends next.
  private func tellFootprint(of job: ReadyJob, known: Int32) {
    if job.actor != 0 { touch(job.actor, isObject: true) }
    if strategy.followsCompletions, job.task != TaskTable.runtimeTask {
      let task = tasks[job.task]
      touch(task.object, isObject: true)
      if task.parent >= 0, RuntimeObject(address: task.object).isComplete {
        touch(tasks[task.parent].object, isObject: true)
      }
    }
    strategy.executed(job, footprint: footprint, known: known)
    footprint.removeAll()
  }

  /// Runs a job to its next suspension.
  private func execute(_ job: ReadyJob) {
    if job.task != TaskTable.runtimeTask {
      tasks[job.task].yields = job.mode == .yield ? min(tasks[job.task].yields + 1, 2) : 0
    }
    resume(job)
    guard job.mode == .yield, let next = ready.last, next.task == job.task else { return }
    ready.removeLast()
    resume(next)
  }

  private func resume(_ job: ReadyJob) {
    let runtimeJob = unsafe unsafeBitCast(job.job, to: UnownedJob.self)
    guard job.actor != 0 else {
      unsafe runtimeJob.runSynchronously(on: taskExecutor.asUnownedTaskExecutor())
      return
    }
    let serial =
      unsafe job.actor == UInt(bitPattern: context.pointee.main_executor.identity)
      ? mainExecutor.asUnownedSerialExecutor()
      : unsafeBitCast(
        interlock_lab_executor(
          identity: UnsafeMutableRawPointer(bitPattern: job.actor),
          implementation: context.pointee.actor_implementation),
        to: UnownedSerialExecutor.self)
    unsafe runtimeJob.runSynchronously(
      isolatedTo: serial, taskExecutor: taskExecutor.asUnownedTaskExecutor())
  }

  /// Those that have not returned, and why.
  private func unfinishedTasks() -> [UnfinishedTask] {
    tasks.records.indices.compactMap { index in
      let object = RuntimeObject(address: tasks.records[index].object)
      guard !object.isComplete else { return nil }
      return UnfinishedTask(
        task: tasks.label(Int32(truncatingIfNeeded: index)), waitsFor: describe(object.wait))
    }
  }

  private func describe(_ wait: RuntimeObject.Wait) -> String {
    switch wait {
    case .task(let address):
      tasks.number(of: address).map { "task \(tasks.label($0))" } ?? "a task outside the lab"
    case .continuation: "a continuation"
    case .group: "its task group"
    case .unknown: "something the runtime does not record"
    }
  }

  /// Cancels the body and lets it end, in order of arrival, so that most of its memory comes back.
  private func tearDown(_ main: Task<Void, Never>) {
    let journal = self.journal
    let (failure, recorded, hash, count) = (failure, deviations, traceHash, steps)
    self.journal = nil
    self.failure = nil
    invariants.removeAll(keepingCapacity: true)
    strategy = Strategy()
    limits.steps = steps + 2000
    main.cancel()
    _ = takeSteps()
    (self.failure, deviations, traceHash, steps) = (failure, recorded, hash, count)
    self.journal = journal
  }
}
