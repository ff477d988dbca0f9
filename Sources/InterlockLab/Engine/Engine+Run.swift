internal import CInterlockLab

/// One run of a body.
extension Engine {
  /// Steps that tasks which are left over may take to end.
  private static let stepsToEnd = 2000

  /// Runs `body` once, by the choices of `strategy`, until nothing is left to do.
  ///
  /// It takes no time but its own, and the caller's thread. The body has the caller's task-local values.
  func run(
    _ strategy: Strategy, _ setup: RunSetup = RunSetup(),
    _ body: @escaping @Sendable () async throws -> Void
  ) -> Outcome {
    self.setup = setup
    self.strategy = strategy
    reset()
    strategy.begin()
    return inControl {
      // Owner: this run, which takes its steps and ends it.
      let main = Task(name: "main", executorPreference: taskExecutor) { [self] in
        let thrown: (any Error)?
        do {
          try await body()
          thrown = nil
        } catch { thrown = error }
        // Whoever left the lab may end on another thread, when another run is under way.
        guard isCurrent else { return }
        if let thrown, !(isMainCancelled && thrown is CancellationError) {
          fail(.failed("the body threw: \(thrown)"), at: "threw \(type(of: thrown))")
        }
        isBodyFinished = true
      }
      takeSteps()
      let outcome = strategy.isRedundant ? .passed : judge()
      if case .failed = outcome {} else if !outcome.isPassed { journal?.failed(outcome) }
      // What left goes on elsewhere, with what is the body's: nothing of the run may go on beside it.
      if case .escaped = outcome { return outcome }
      if !outcome.isPassed || strategy.isRedundant || !parked.isEmpty { tearDown(main) }
      return outcome
    }
  }

  /// Whether the plan has called the body off, which may say so.
  private var isMainCancelled: Bool {
    zip(setup.faults, metFaults).contains { fault, isMet in
      if case .cancel(_, 0) = fault { isMet } else { false }
    }
  }

  /// Takes steps until there is nothing left to do or something went wrong.
  private func takeSteps() {
    while failure == nil {
      if setup.outsideWait != nil {
        takeArrivals()
        if waitForOutside() { continue }
      }
      if isIdle || slips() {
        guard wakeSleepers() else { return }
        continue
      }
      guard steps < setup.steps else { return fail(endlessness()) }
      if !setup.faults.isEmpty { applyFaults() }
      // A fault may have taken what was ready.
      guard !ready.isEmpty else { continue }
      let index = pickNext()
      guard !strategy.isRedundant else { return }
      step(index)
      if fingerprint != nil { noteLastStep() }
    }
  }

  private func judge() -> Outcome {
    if let failure { return failure }
    if let escape = escapeByWakeUp { return escape }
    let unfinished = unfinishedTasks()
    if !isBodyFinished { return .deadlock(unfinished) }
    if !unfinished.isEmpty { return .leaked(unfinished) }
    guard let unmet = promises.unmet() else { return .passed }
    failurePlace = unmet
    return .failed(unmet)
  }

  /// That a thread outside has woken a task of this run, though none may.
  private var escapeByWakeUp: Outcome? {
    taskFromOutside.map { .escaped(function: "another thread", task: tasks.label($0)) }
  }

  /// What became of a run that came to a standstill: a thread that was there before it may be about to wake a task,
  /// and is given a moment of real time to do so.
  ///
  /// - Parameter outcome: How the last run ended.
  /// - Returns: `outcome`, or that it was left.
  func outcomeAfterWaiting(_ outcome: Outcome) -> Outcome {
    switch outcome {
    case .deadlock, .leaked: break
    case .passed, .failed, .stepLimit, .livelock, .escaped, .notInControl, .diverged: return outcome
    }
    let end = interlock_lab_real_time() + setup.wakeUpPatience
    while true {
      // Counted before it is looked: what comes meanwhile ends the wait.
      let total = OutsideArrivals.total
      if let escape = escapeByWakeUp { return escape }
      // What had come is of other runs.
      arrivalsSeen = total
      let rest = end - interlock_lab_real_time()
      guard rest > 0 else { return outcome }
      interlock_lab_await_arrival(arrivalsSeen, rest)
    }
  }

  /// Functions of each that are told.
  private static let functionsTold = 3

  /// Those that have not returned, and why; not those of a crashed process.
  private func unfinishedTasks() -> [UnfinishedTask] {
    let stack = CallStack()
    return tasks.records.indices.compactMap { index in
      let record = tasks.records[index]
      let object = RuntimeObject(address: record.object)
      guard !record.isFrozen, !object.isComplete else { return nil }
      // Symbols take milliseconds: not while schedules are only tried.
      let isTold = journal != nil
      return UnfinishedTask(
        task: tasks.label(Int32(truncatingIfNeeded: index)), waitsFor: describe(object.wait),
        since: Int(record.lastStep),
        functions: isTold ? stack.functions(of: object, atMost: Self.functionsTold) : [])
    }
  }

  private func describe(_ wait: RuntimeObject.Wait) -> String {
    switch wait {
    case .task(let address):
      tasks.number(of: address).map { "task \(tasks.label($0))" } ?? "a task outside the lab"
    case .continuation: "a continuation"
    case .group: "its task group"
    case .turn: "its turn outside the lab"
    case .nothing, .unknown: "something the runtime does not record"
    }
  }

  /// Cancels what is left and lets it end, in order of arrival, so that most of its memory comes back.
  ///
  /// What the run was is kept.
  private func tearDown(_ main: Task<Void, Never>) {
    let kept = (
      journal, failure, failurePlace, traceHash, steps, decisions, picks, strategy, setup
    )
    let keptDeviations = deviations.all
    journal = nil
    failure = nil
    promises.removeAll()
    strategy = Strategy()
    setup = RunSetup(steps: steps + Self.stepsToEnd)
    main.cancel()
    thaw()
    takeSteps()
    (journal, failure, failurePlace, traceHash, steps, decisions, picks, strategy, setup) = kept
    deviations.removeAll()
    for deviation in keptDeviations { deviations.append(deviation) }
  }
}
