internal import CInterlockLab

/// Runs a body under the schedules of a plan.
final class Explorer {
  let plan: Plan
  /// What the body is called in schedules.
  private let name: String
  let engine = Engine()
  private let body: @Sendable () async throws -> Void
  private let build: String
  private let note: ReplayNote
  private static let stepsOfEndlessness = 30
  /// Why the lab cannot explore in this process, asked before anything is run; nil when it can.
  private let refusal =
    Engine.current == nil
    ? SelfCheck.result.refusal
    : "an exploration inside another: the inner one would be one step of the outer. Explore them side by side"
  /// What the note was made from.
  private var noted: RunSetup?

  /// - Parameters:
  ///   - plan: Which schedules.
  ///   - file: Where the body stands: schedules are of a build.
  ///   - body: What is tried.
  init(_ plan: Plan, file: String, _ body: @escaping @Sendable (Lab) async throws -> Void) {
    self.plan = plan
    name = plan.name ?? Plan.nameOfNone
    note = ReplayNote(engine)
    build = Build.identifier(of: file)
    let lab = Lab(engine: engine)
    self.body = { try await Lab.$current.withValue(lab) { try await body(lab) } }
  }

  deinit { engine.reset() }

  /// Runs schedules until one fails.
  ///
  /// - Parameter tell: Called about once a second.
  /// - Returns: what was found.
  func explore(_ tell: ((ExplorationProgress) -> Void)? = nil) -> Report {
    if let refusal { return .refused(refusal) }
    var progress = ExplorationProgress()
    var sequence = StrategySequence(plan)
    // What cannot be run again has to be told while it happens.
    if plan.outsideWait != nil { engine.journal = Journal() }
    if let contradiction = plan.contradiction { return .refused(contradiction) }
    while !isOver(progress), let next = sequence.next() {
      let outcome = run(next.strategy, next.setup)
      if outcome.isPassed, let problem = next.strategy.problem {
        progress.count(steps: engine.steps, hash: engine.traceHash)
        return report(.diverged(problem), next, progress)
      }
      if next.strategy.isRedundant { continue }
      progress.count(steps: engine.steps, hash: engine.traceHash)
      sequence.finished(engine)
      if let tell, progress.isNews() { tell(progress) }
      guard outcome.isPassed else { return report(outcome, next, progress) }
      guard !Task.isCancelled else {
        return Report(
          progress, .failed("cancelled after \(progress.schedules) schedules, which passed"))
      }
      if plan.checkDeterminism, plan.outsideWait == nil, progress.schedules % 100 == 1,
        let difference = differenceOnRepetition(next.setup, of: outcome)
      {
        return report(difference, next, progress)
      }
    }
    var report = Report(progress, .passed)
    report.isComplete = sequence.isComplete
    return report
  }

  /// Runs every schedule of the plan, and counts.
  ///
  /// - Parameter tell: Called about once a second.
  /// - Returns: how many failed.
  func measure(_ tell: ((ExplorationProgress) -> Void)? = nil) -> Statistics {
    var statistics = Statistics()
    statistics.refusal = refusal ?? plan.contradiction
    guard statistics.refusal == nil else { return statistics }
    var progress = ExplorationProgress()
    var sequence = StrategySequence(plan)
    while !isOver(progress), let next = sequence.next() {
      let outcome = run(next.strategy, next.setup)
      if let problem = next.strategy.problem {
        statistics.refusal = problem
        break
      }
      if next.strategy.isRedundant { continue }
      statistics.count(outcome, steps: engine.steps, hash: engine.traceHash)
      progress.count(steps: engine.steps, hash: engine.traceHash)
      if let tell, progress.isNews() { tell(progress) }
      sequence.finished(engine)
    }
    return statistics
  }

  /// Runs the schedule that a strategy chooses from a seed, and keeps what happened.
  ///
  /// - Parameter schedule: Which.
  /// - Returns: what happened, with the string that names its decisions.
  func replay(_ schedule: SeededSchedule) -> Report {
    if let refusal { return .refused(refusal) }
    guard plan.faults == .none else {
      return .refused(
        "a seed does not tell which faults were planned: give the replay string with its decisions, as the report has it"
      )
    }
    var sequence = StrategySequence(schedule.plan(like: plan))
    while let next = sequence.next() {
      _ = run(next.strategy, next.setup)
      sequence.finished(engine)
      guard next.seed == nil else {
        var decided = self.schedule(engine.deviations.all, next.setup)
        decided.check = engine.traceHash.check
        return replay(decided)
      }
    }
    return .refused("no schedule has a seed")
  }

  /// Runs one schedule, and keeps what happened.
  ///
  /// - Parameters:
  ///   - schedule: Which.
  ///   - strictly: Whether a run that takes another way than the one found has failed.
  /// - Returns: what happened.
  func replay(_ schedule: Schedule, strictly: Bool = true) -> Report {
    if let refusal { return .refused(refusal) }
    engine.journal = Journal()
    let order = DeviatingOrder(schedule.deviations)
    var outcome = engine.outcomeAfterWaiting(run(order, setup(of: schedule)))
    if strictly, let difference = difference(from: schedule, order, outcome) {
      outcome = .diverged(difference)
    }
    return Report(
      schedules: 1, steps: engine.steps, distinctSchedules: 1, isComplete: false, outcome: outcome,
      strategy: "replay", schedule: schedule.text, deviationsFound: schedule.deviations.count,
      trace: trace)
  }

  /// How the last run was not the one of the schedule; nil when nothing shows that it was another.
  private func difference(
    from schedule: Schedule, _ order: DeviatingOrder, _ outcome: Outcome
  ) -> String? {
    if let missed = order.missed {
      return "decision \(missed.decision) had no choice \(missed.choice)"
    }
    // A run that failed may have ended before.
    if outcome.isPassed {
      if let unreached = order.unreached {
        return "decision \(unreached.decision) never came: there were \(engine.decisions), from 0"
      }
      if let missed = engine.missedFault ?? engine.missedParameter { return missed }
    }
    guard let check = schedule.check, check != engine.traceHash.check else { return nil }
    return schedule.build == build
      ? "it took other steps; the body is not deterministic, or was changed"
      : "it took other steps; it is of build \(schedule.build), and this is \(build)"
  }

  private func report(
    _ outcome: Outcome, _ found: StrategySequence.Next, _ progress: ExplorationProgress
  ) -> Report {
    let outcome = engine.outcomeAfterWaiting(outcome)
    let likeness = Likeness(outcome, at: engine.failurePlace)
    var report = Report(progress, outcome)
    report.strategy = found.name
    report.seed = found.seed
    report.deviationsFound = engine.deviations.count
    guard plan.outsideWait == nil else {
      report.trace = trace
      return report
    }
    var small = schedule(engine.deviations.all, found.setup)
    if !outcome.isOfTheBody {
      // It cannot be repeated for certain, so nothing can be made smaller.
    } else if plan.checkDeterminism,
      let difference = differenceOnRepetition(found.setup, of: outcome)
    {
      report.outcome = difference
      report.schedule = small.text
      return report
    } else {
      small = smallest(small, like: likeness)
    }
    engine.journal = Journal()
    let last = run(DeviatingOrder(small.deviations), setup(of: small))
    small.check = engine.traceHash.check
    report.outcome =
      last.kind == outcome.kind || !outcome.isOfTheBody
      ? (outcome.isOfTheBody ? last : outcome)
      : .diverged("the schedule ended otherwise when it was run again: \(outcome), then \(last)")
    if outcome.isOfTheBody, last != outcome { report.found = outcome }
    report.schedule = small.text
    // The first thousands of steps of a run that does not end say no more than the last ones.
    report.trace = last.isEndless ? trace?.suffix(Self.stepsOfEndlessness) : trace
    return report
  }

  /// Runs the last schedule again; how it differs, if it does.
  private func differenceOnRepetition(_ setup: RunSetup, of outcome: Outcome) -> Outcome? {
    let (hash, steps, kind) = (engine.traceHash, engine.steps, outcome.kind)
    let deviations = engine.deviations.all
    let order = DeviatingOrder(deviations)
    // Whatever left the lab is the reason, and says more.
    let repeated = run(order, setup)
    if case .escaped = repeated { return repeated }
    guard engine.traceHash != hash || order.missed != nil else {
      guard repeated.kind != kind else { return nil }
      return .diverged(
        "the same steps ended otherwise the second time: \(outcome), then \(repeated). Look for state that "
          + "outlives the body")
    }
    let counts = "\(steps) and \(engine.steps) of them"
    let (first, second) = (traced(deviations, setup), traced(deviations, setup))
    return .diverged(
      "the same schedule took other steps the second time, \(counts). Look for random numbers or "
        + "identifiers, order by address, state that outlives the body"
        + (first.difference(from: second).map { "\n\($0)" } ?? ""))
  }

  /// What happens in a schedule.
  private func traced(_ deviations: [Deviation], _ setup: RunSetup) -> Trace {
    engine.journal = Journal()
    defer { engine.journal = nil }
    _ = run(DeviatingOrder(deviations), setup)
    return Trace(events: engine.journal?.events ?? [])
  }

  private func schedule(_ deviations: [Deviation], _ setup: RunSetup) -> Schedule {
    Schedule(
      name: name, build: build, deviations: deviations, faults: setup.faults, time: setup.time,
      syncPoints: setup.syncPoints, fifoActors: setup.fifoActors, parameters: setup.parameters,
      steps: setup.steps, seed: engine.usedRandom ? setup.seed : 0)
  }

  func setup(of schedule: Schedule) -> RunSetup {
    RunSetup(
      steps: schedule.steps, time: schedule.time, syncPoints: schedule.syncPoints,
      faults: schedule.faults, parameters: schedule.parameters, fifoActors: schedule.fifoActors,
      wakeUpPatience: plan.wakeUpPatience.wholeNanoseconds,
      seed: schedule.seed)
  }

  func run(_ strategy: Strategy, _ setup: RunSetup) -> Outcome {
    // Made only when something of it changed: most runs differ in nothing but their decisions.
    if noted?.isToldLike(setup) != true {
      note.show(schedule([], setup))
      noted = setup
    }
    return engine.run(strategy, setup, body)
  }

  private func isOver(_ progress: ExplorationProgress) -> Bool {
    guard let duration = plan.duration, progress.schedules > 0 else { return false }
    return progress.elapsed >= duration
  }

  private var trace: Trace? { engine.journal.map { Trace(events: $0.events) } }
}
