extension Lab {
  /// Runs `body` under many schedules, and stops at the first that fails.
  ///
  /// The body runs on the caller's thread, from the beginning each time: it must make everything anew.
  ///
  /// - Parameters:
  ///   - plan: Which schedules.
  ///   - file: Where the body stands: replay strings are of a build.
  ///   - body: What is tried. It fails by ``check(_:_:)``, ``invariant(_:_:)``, throwing, never ending or
  ///     leaving tasks behind.
  /// - Returns: what was done.
  /// - Throws: ``LabFailure`` when a schedule failed.
  @discardableResult
  public static func explore(
    _ plan: Plan = .default, file: String = #fileID,
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async throws(LabFailure) -> Report {
    let report = Explorer(plan, file: file, body).explore()
    guard report.outcome.isPassed else { throw LabFailure(report: report) }
    return report
  }

  /// Runs every schedule of a plan, also after a failure, and counts.
  ///
  /// Each failing schedule may leave a few kilobytes behind: what never ends cannot be given back.
  ///
  /// - Parameters:
  ///   - plan: Which schedules.
  ///   - file: Where the body stands: replay strings are of a build.
  ///   - body: What is tried.
  /// - Returns: how many failed, and which first.
  public static func measure(
    _ plan: Plan, file: String = #fileID, _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async -> Statistics {
    Explorer(plan, file: file, body).measure()
  }

  /// Runs the one schedule a replay string names.
  ///
  /// - Parameters:
  ///   - schedule: The text a report gave.
  ///   - file: Where the body stands.
  ///   - body: The body it was found in, from the same build.
  /// - Returns: what happened, with the trace.
  /// - Throws: ``ScheduleError`` for a text that is no schedule.
  public static func replay(
    _ schedule: String, file: String = #fileID,
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async throws(ScheduleError) -> Report {
    let parsed = try Schedule(parsing: schedule)
    return Explorer(.random(schedules: 1), file: file, body).replay(parsed)
  }
}
