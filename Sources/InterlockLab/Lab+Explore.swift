extension Lab {
  /// Runs `body` under many schedules, and stops at the first that fails.
  ///
  /// The body runs on the caller's thread, from the beginning each time: it must make everything anew.
  ///
  /// `INTERLOCK_LAB_SEED` and `INTERLOCK_LAB_SCHEDULES` override those of the plan. `INTERLOCK_LAB_REPLAY` is a
  /// replay string: a plan of the name in it runs that schedule and no other.
  ///
  /// - Parameters:
  ///   - plan: Which schedules.
  ///   - file: Where the body stands: replay strings are of a build.
  ///   - progress: Told how far it has come, about once a second.
  ///   - body: What is tried. It fails by ``check(_:_:)``, ``invariant(_:_:)``, throwing, never ending or
  ///     leaving tasks behind.
  /// - Returns: what was done.
  /// - Throws: ``LabFailure`` when a schedule failed, or when the environment has a value that cannot be.
  @discardableResult
  public static func explore(
    _ plan: Plan = .default, file: String = #fileID,
    progress: ((ExplorationProgress) -> Void)? = nil,
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async throws(LabFailure) -> Report {
    let environment: LabEnvironment
    do { environment = try LabEnvironment.process.get() } catch {
      let report = Report(
        schedules: 0, steps: 0, isComplete: false, outcome: .failed("\(error)"))
      throw LabFailure(report: report, plan: plan)
    }
    var plan = environment.applied(to: plan)
    let report: Report
    if let schedule = environment.replay(of: plan.name) {
      plan.schedules = 1
      report = Explorer(plan, file: file, body).replay(schedule)
    } else {
      report = Explorer(plan, file: file, body).explore(progress)
    }
    guard report.outcome.isPassed else { throw LabFailure(report: report, plan: plan) }
    return report
  }

  /// Runs every schedule of a plan, also after a failure, and counts.
  ///
  /// Each failing schedule may leave a few kilobytes behind: what never ends cannot be given back.
  ///
  /// - Parameters:
  ///   - plan: Which schedules.
  ///   - file: Where the body stands: replay strings are of a build.
  ///   - progress: Told how far it has come, about once a second.
  ///   - body: What is tried.
  /// - Returns: how many failed, and which first.
  public static func measure(
    _ plan: Plan, file: String = #fileID, progress: ((ExplorationProgress) -> Void)? = nil,
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async -> Statistics {
    Explorer(plan, file: file, body).measure(progress)
  }

  /// Runs the one schedule a replay string names.
  ///
  /// - Parameters:
  ///   - schedule: The text a report gave; or `lab1/<name>/seed=<seed>/<strategy>`, which runs what the strategy
  ///     chooses (`random`, `pct:<depth>`, `uniform` or `pos`).
  ///   - strictly: Whether to take another way than the run that was found is a failure. Not for a schedule that is
  ///     kept while the body changes: it then is run as far as it fits.
  ///   - file: Where the body stands.
  ///   - body: The body it was found in, from the same build.
  /// - Returns: what happened, with the trace.
  /// - Throws: ``ScheduleError`` for a text that is no schedule.
  public static func replay(
    _ schedule: String, strictly: Bool = true, file: String = #fileID,
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async throws(ScheduleError) -> Report {
    if let seeded = try SeededSchedule(parsing: schedule) {
      var plan = Plan.random(schedules: 1)
      plan.name = seeded.name
      return Explorer(plan, file: file, body).replay(seeded)
    }
    let parsed = try Schedule(parsing: schedule)
    return Explorer(.random(schedules: 1), file: file, body).replay(parsed, strictly: strictly)
  }
}
