extension Lab {
  /// Runs `body` under many schedules, and stops at the first that fails.
  ///
  /// The body runs on the caller's thread, from the beginning each time: it must make everything anew.
  ///
  /// `INTERLOCK_LAB_SEED` and `INTERLOCK_LAB_SCHEDULES` override those of the plan. `INTERLOCK_LAB_REPLAY` is a
  /// replay string: an exploration of the name and the file in it runs that schedule and no other. When the process ends
  /// and there was none, a line on standard error says so.
  ///
  /// - Parameters:
  ///   - plan: Which schedules.
  ///   - file: Where the body stands: replay strings are of a build.
  ///   - line: Where in it: a plan without a name is called after the place.
  ///   - progress: Told how far it has come, about once a second.
  ///   - body: What is tried. It fails by ``check(_:_:file:line:)``, ``invariant(_:_:)``, throwing, never ending or
  ///     leaving tasks behind.
  /// - Returns: what was done.
  /// - Throws: ``LabFailure`` when a schedule failed, or when the environment has a value that cannot be.
  @discardableResult
  public static func explore(
    _ plan: Plan = .default, file: String = #fileID, line: Int = #line,
    progress: ((ExplorationProgress) -> Void)? = nil,
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async throws(LabFailure) -> Report {
    let environment: LabEnvironment
    do { environment = try LabEnvironment.process.get() } catch {
      let report = Report(
        schedules: 0, steps: 0, isComplete: false, outcome: .failed("\(error)"))
      throw LabFailure(report: report, plan: plan)
    }
    var plan = environment.applied(to: plan).named(file: file, line: line)
    let report: Report
    if let schedule = environment.replay, let name = plan.name,
      EnvironmentReplay.meet(schedule, name: name, file: file)
    {
      plan.schedules = 1
      report = replay(schedule, plan, file, body)
    } else {
      report = Explorer(plan, file: file, body).explore(progress)
    }
    guard report.outcome.isPassed else { throw LabFailure(report: report, plan: plan) }
    return report
  }

  /// Runs the schedule that the environment asks for.
  ///
  /// Where others have the same name it may be of one of them: then it fails only if the body does.
  private static func replay(
    _ schedule: NamedSchedule, _ plan: Plan, _ file: String,
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) -> Report {
    let explorer = Explorer(plan, file: file, body)
    let report = explorer.replay(schedule, strictly: true)
    guard case .diverged = report.outcome, plan.sharesName else {
      EnvironmentReplay.note(.ran)
      return report
    }
    EnvironmentReplay.note(.wentAnotherWay)
    return explorer.replay(schedule, strictly: false)
  }

  /// Runs every schedule of a plan, also after a failure, and counts.
  ///
  /// Each failing schedule may leave a few kilobytes behind: what never ends cannot be given back.
  ///
  /// - Parameters:
  ///   - plan: Which schedules.
  ///   - file: Where the body stands: replay strings are of a build.
  ///   - line: Where in it: a plan without a name is called after the place.
  ///   - progress: Told how far it has come, about once a second.
  ///   - body: What is tried.
  /// - Returns: how many failed, and which first.
  public static func measure(
    _ plan: Plan, file: String = #fileID, line: Int = #line,
    progress: ((ExplorationProgress) -> Void)? = nil,
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async -> Statistics {
    Explorer(plan.named(file: file, line: line), file: file, body).measure(progress)
  }

  /// Runs the one schedule a replay string names.
  ///
  /// - Parameters:
  ///   - schedule: The text a report gave; or `lab1/<name>/seed=<seed>/<strategy>`, which runs what the strategy
  ///     chooses (`random`, `pct:<depth>`, `uniform` or `pos`) with no faults, and with what the default schedule tells of
  ///     the body: inside an exploration the same seed may mean more. What a report gave is exact.
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
    let parsed = try NamedSchedule(parsing: schedule)
    var plan = Plan.random(schedules: 1)
    plan.name = parsed.name
    return Explorer(plan, file: file, body).replay(parsed, strictly: strictly)
  }
}
