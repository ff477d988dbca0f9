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
      if !outcome.isPassed { tearDown(main) }
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
      step(choose())
    }
    if let failure { return failure }
    if !takeArrivalsFromOutside().isEmpty {
      return .escaped(function: "another thread", task: "a task")
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
    while let timer = timers.first, timer.deadline <= now {
      _ = timers.removeFirst()
      running = timer.task
      let job = unsafe unsafeBitCast(timer.job, to: UnownedJob.self)
      unsafe job.runSynchronously(on: unsafeBitCast((0 as UInt, 0 as UInt), to: UnownedSerialExecutor.self))
    }
    running = -1
    return true
  }

  /// The index in `ready` of what runs next.
  private func choose() -> Int {
    guard ready.count > 1 else { return 0 }
    guard ready.contains(where: isSpinning), !ready.allSatisfy(isSpinning) else {
      return choose(among: ready)
    }
    menu.removeAll(keepingCapacity: true)
    for job in ready where !isSpinning(job) { menu.append(job) }
    let chosen = menu.count == 1 ? menu[0] : menu[choose(among: menu)]
    return ready.firstIndex { $0.sequence == chosen.sequence } ?? 0
  }

  private func choose(among jobs: [ReadyJob]) -> Int {
    let index = strategy.pick(jobs, last: last)
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
    execute(job)
    running = -1
    for invariant in invariants where failure == nil && !invariant.holds() {
      fail(.failed("\(invariant.name) does not hold"))
    }
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
