internal import CInterlockLab

/// Runs a body under the schedules of a plan.
final class Explorer {
  private let plan: Plan
  private let engine = Engine()
  private let body: @Sendable () async throws -> Void

  init(_ plan: Plan, _ body: @escaping @Sendable (Lab) async throws -> Void) {
    _ = interlock_lab_install()
    self.plan = plan
    let lab = Lab(engine: engine)
    self.body = { try await Lab.$current.withValue(lab) { try await body(lab) } }
  }

  deinit { engine.reset() }

  func explore() -> Report {
    var steps = 0
    var schedules = 0
    var sequence = StrategySequence(plan)
    while let next = sequence.next() {
      let outcome = run(next.strategy)
      if next.strategy.isRedundant { continue }
      schedules += 1
      steps += engine.steps
      sequence.finished(decisions: engine.decisions)
      guard outcome.isPassed else {
        return report(outcome, of: next, schedules: schedules, steps: steps)
      }
    }
    return Report(
      schedules: schedules, steps: steps, outcome: .passed, isComplete: sequence.isComplete,
      strategy: nil, schedule: nil, deviationsFound: 0, trace: nil, seed: nil)
  }

  /// Runs every schedule of the plan, and counts.
  func measure() -> Statistics {
    var statistics = Statistics()
    var sequence = StrategySequence(plan)
    while let next = sequence.next() {
      let outcome = run(next.strategy)
      statistics.count(outcome, steps: engine.steps, hash: engine.traceHash)
      sequence.finished(decisions: engine.decisions)
    }
    return statistics
  }

  func replay(_ schedule: Schedule) -> Report {
    engine.journal = Journal()
    let order = DeviatingOrder(schedule.deviations)
    var outcome = run(order)
    if let missed = order.missed {
      outcome = .diverged("decision \(missed.decision) had no choice \(missed.choice)")
    } else if let check = schedule.check, check != engine.traceHash.check {
      outcome = .diverged(
        "the hash of the run is not the schedule's; it is of another build, or the body is not "
          + "deterministic")
    }
    return Report(
      schedules: 1, steps: engine.steps, outcome: outcome, isComplete: false, strategy: "replay",
      schedule: schedule.text, deviationsFound: schedule.deviations.count, trace: trace, seed: nil)
  }

  private func report(
    _ outcome: Outcome, of found: StrategySequence.Next, schedules: Int, steps: Int
  ) -> Report {
    let deviations = engine.deviations.all
    var shrinker = Shrinker { [self] candidate in
      run(DeviatingOrder(candidate)).kind == outcome.kind
    }
    let small = shrinker.shrink(deviations)
    engine.journal = Journal()
    let last = run(DeviatingOrder(small))
    let schedule = Schedule(name: plan.name, deviations: small, check: engine.traceHash.check)
    return Report(
      schedules: schedules, steps: steps, outcome: last, isComplete: false, strategy: found.name,
      schedule: schedule.text, deviationsFound: deviations.count, trace: trace, seed: found.seed)
  }

  private var trace: Trace? { engine.journal.map { Trace(entries: $0.entries) } }

  private func run(_ strategy: Strategy) -> Outcome {
    engine.run(strategy, RunSetup(steps: plan.steps), body)
  }
}
