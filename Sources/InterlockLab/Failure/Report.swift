/// What an exploration did and found.
public struct Report: Sendable {
  /// Schedules that were run; those of shrinking and checking are not counted.
  public var schedules: Int
  /// Steps of all of them.
  public var steps: Int
  /// Whether every schedule the plan could name was run: nothing failed in any of them.
  public var isComplete: Bool
  /// The first failure, or ``Outcome/passed``.
  public var outcome: Outcome
  /// The method that found the failure.
  public var strategy: String?
  /// The seed of the failing schedule; nil when its method has none.
  public var seed: UInt64?
  /// The failing schedule, made small, as text for ``Lab/replay(_:strictly:file:_:)``; nil when nothing failed.
  public var schedule: String?
  /// How many deviations it had when it was found.
  public var deviationsFound = 0
  /// What happens in the small one.
  public var trace: Trace?

  /// Nothing was run, for this reason.
  static func refused(_ reason: String) -> Report {
    Report(schedules: 0, steps: 0, isComplete: false, outcome: .notInControl(reason))
  }
}

/// An exploration found a failure.
///
/// Its description is the whole report.
public struct LabFailure: Error, Sendable, CustomStringConvertible {
  /// What was found.
  public let report: Report
  /// What was tried, as the environment wanted it.
  public let plan: Plan

  /// What a reader is told.
  public var description: String {
    guard report.schedules > 0 else { return "\(report.outcome)" }
    let seed = report.seed.map { " with seed \($0)" } ?? ""
    var lines = ["\(report.outcome)"]
    lines.append(
      "found in schedule \(report.schedules) of \(plan.schedules), by \(report.strategy ?? "-")\(seed)"
    )
    lines.append("replay: \(report.schedule ?? "-")")
    if plan.isSeeded {
      lines.append("all schedules again: \(LabEnvironment.seedVariable)=\(plan.seed)")
    }
    if let trace = report.trace { lines.append("\(trace)") }
    return lines.joined(separator: "\n")
  }
}
