/// What an exploration did and found.
public struct Report: Sendable {
  /// Schedules that were run, shrinking not counted.
  public let schedules: Int
  /// Steps of all of them.
  public let steps: Int
  /// The first failure, or ``Outcome/passed``.
  public let outcome: Outcome
  /// Whether every schedule the plan could name was run: nothing failed in any of them.
  public let isComplete: Bool
  /// The method that found the failure.
  public let strategy: String?
  /// The failing schedule, made small, as text for ``Lab/replay(_:_:)``; nil when nothing failed.
  public let schedule: String?
  /// How many deviations it had when it was found.
  public let deviationsFound: Int
  /// What happens in the small one.
  public let trace: Trace?
  /// The seed of the failing schedule.
  public let seed: UInt64?
}

/// An exploration found a failure. Its description is the whole report.
public struct LabFailure: Error, Sendable, CustomStringConvertible {
  /// What was found.
  public let report: Report

  public var description: String {
    """
    \(report.outcome)
    found in schedule \(report.schedules), by \(report.strategy ?? "-")\(report.seed.map { " with seed \($0)" } ?? "")
    replay: \(report.schedule ?? "-")
    \(report.trace.map(String.init(describing:)) ?? "")
    """
  }
}
