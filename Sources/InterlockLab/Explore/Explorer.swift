internal import CInterlockLab

/// Runs a body under the schedules of a plan.
struct Explorer {
  private let plan: Plan
  private let engine = Engine()
  private let body: @Sendable () async throws -> Void

  init(_ plan: Plan, _ body: @escaping @Sendable (Lab) async throws -> Void) {
    _ = interlock_lab_install()
    self.plan = plan
    let lab = Lab(engine: engine)
    self.body = { try await Lab.$current.withValue(lab) { try await body(lab) } }
  }

  func explore() -> Report {
    var steps = 0
    for index in 0..<plan.schedules {
      let seed = plan.seed &+ UInt64(index)
      let outcome = run(RandomWalk(seed: seed))
      steps += engine.steps
      guard outcome.isPassed else {
        return report(outcome, engine.deviations, schedules: index + 1, steps: steps, seed: seed)
      }
    }
    return Report(
      schedules: plan.schedules, steps: steps, outcome: .passed, schedule: nil, deviationsFound: 0,
      trace: nil, seed: nil)
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
      schedules: 1, steps: engine.steps, outcome: outcome, schedule: schedule.text,
      deviationsFound: schedule.deviations.count, trace: trace, seed: nil)
  }

  private func report(
    _ outcome: Outcome, _ deviations: [Deviation], schedules: Int, steps: Int, seed: UInt64
  ) -> Report {
    var shrinker = Shrinker { candidate in
      run(DeviatingOrder(candidate)).kind == outcome.kind
    }
    let small = shrinker.shrink(deviations)
    engine.journal = Journal()
    let last = run(DeviatingOrder(small))
    let schedule = Schedule(name: plan.name, deviations: small, check: engine.traceHash.check)
    return Report(
      schedules: schedules, steps: steps, outcome: last, schedule: schedule.text,
      deviationsFound: deviations.count, trace: trace, seed: seed)
  }

  private var trace: Trace? { engine.journal.map { Trace(entries: $0.entries) } }

  private func run(_ strategy: Strategy) -> Outcome {
    engine.run(strategy, limits: RunLimits(steps: plan.steps), body)
  }
}
