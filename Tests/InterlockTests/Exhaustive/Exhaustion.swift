import InterlockLab
import Testing

/// Explores a body to the end of the plan, and says how many schedules that took.
@discardableResult
func exhaust(
  _ plan: Plan, _ body: @escaping @Sendable (Lab) async throws -> Void
) async throws -> Report {
  let report = try await Lab.explore(plan, body)
  #expect(report.isComplete, "\(report.schedules) schedules are not all")
  print("\(Test.current?.name ?? ""): all \(report.schedules) schedules, \(report.steps) steps")
  return report
}

extension Plan {
  /// Every schedule: for two tasks.
  static var every: Plan { .exhaustive(preemptions: nil) }
  /// Every schedule with up to two preemptions: for three tasks.
  static var everyWithTwoPreemptions: Plan { .exhaustive(preemptions: 2) }
  /// Every kind of schedule: for what shares nothing but guarded boxes and actors.
  static var everyKind: Plan { .exhaustive(preemptions: nil, reduction: .isolation) }

  /// With one task cancelled before one step: each, before each, in turn.
  var cancellingAnywhere: Plan {
    var plan = self
    plan.faults = .cancelAnywhere
    return plan
  }

  /// With cuts where a lock is given up.
  var interrupting: Plan {
    var plan = self
    plan.syncPoints = true
    return plan
  }
}
