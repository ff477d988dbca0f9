/// What an exploration did and found.
public struct Report: Sendable {
  /// Schedules that were run; those of shrinking and checking are not counted.
  public var schedules: Int
  /// Steps of all of them.
  public var steps: Int
  /// Schedules that differ in the order of their steps, counted up to ``mostDistinctSchedules``.
  public var distinctSchedules = 0
  /// More than these are not told apart.
  public static let mostDistinctSchedules = 1 << 16
  /// Whether every schedule the plan could name was run: nothing failed in any of them.
  public var isComplete: Bool
  /// The first failure, or ``Outcome/passed``.
  public var outcome: Outcome
  /// How the schedule that was found ended, when the small one ends with another message; nil otherwise.
  public var found: Outcome?
  /// The method that found the failure.
  public var strategy: String?
  /// The seed of the failing schedule; nil when its method has none.
  public var seed: UInt64?
  /// The failing schedule, made small, as text for ``Lab/replay(_:strictly:file:_:)``; nil when nothing failed, or
  /// when the plan lets schedules leave the lab.
  public var schedule: String?
  /// How many deviations it had when it was found.
  public var deviationsFound = 0
  /// What happens in the small one.
  public var trace: Trace?

  /// What was done, and how it ended.
  init(_ progress: ExplorationProgress, _ outcome: Outcome) {
    self.init(
      schedules: progress.schedules, steps: progress.steps,
      distinctSchedules: progress.distinctSchedules, isComplete: false, outcome: outcome)
  }

  init(
    schedules: Int, steps: Int, distinctSchedules: Int = 0, isComplete: Bool, outcome: Outcome,
    strategy: String? = nil, schedule: String? = nil, deviationsFound: Int = 0, trace: Trace? = nil
  ) {
    self.schedules = schedules
    self.steps = steps
    self.distinctSchedules = distinctSchedules
    self.isComplete = isComplete
    self.outcome = outcome
    self.strategy = strategy
    self.schedule = schedule
    self.deviationsFound = deviationsFound
    self.trace = trace
  }

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

  /// What a reader is told: what went wrong, how it is repeated, and what happened.
  public var description: String {
    guard report.schedules > 0 else { return "\(report.outcome)" }
    guard report.strategy != "replay" else { return descriptionOfReplay }
    let seed = report.seed.map { " with seed \($0)" } ?? ""
    var lines = ["\(report.outcome)"]
    lines.append(
      "found in schedule \(report.schedules) of \(plan.schedules), by \(report.strategy ?? "-")\(seed)"
    )
    if let found = report.found { lines.append("found as: \(found)") }
    if let schedule = report.schedule {
      lines.append("replay: \(schedule)")
      lines.append(
        "as \(LabEnvironment.replayVariable)='…' before the command that runs this, or with Lab.replay"
      )
    } else if plan.outsideWait != nil {
      lines.append("replay: not possible, the plan awaits outside work")
    }
    if plan.isSeeded {
      lines.append("all schedules again: \(LabEnvironment.seedVariable)=\(plan.seed)")
    }
    return (lines + trace).joined(separator: "\n")
  }

  /// The same, where the environment asked for one schedule.
  private var descriptionOfReplay: String {
    var lines = [
      "\(report.outcome)", "in the schedule that \(LabEnvironment.replayVariable) names",
    ]
    if let schedule = report.schedule { lines.append("replay: \(schedule)") }
    if case .diverged = report.outcome {
      lines.append(
        "explorations that share a name cannot be told apart: it may be of another one called "
          + "\(plan.name ?? Plan.nameOfNone). Plan.name gives each its own")
    }
    return (lines + trace).joined(separator: "\n")
  }

  private var trace: [String] {
    report.trace.map { ["", $0.explanation, "", "\($0)"] } ?? []
  }
}

extension Trace {
  /// How it is read, for somebody who sees the first.
  fileprivate var explanation: String {
    let rows = rows(isFolded: false)
    let lines = "Each line is what a task did up to its next await."
    let order = "the default order, in which a task runs as long as it can"
    if rows.contains(where: \.isDeviation) {
      return "\(lines) Where it says ←, this schedule leaves \(order):"
    }
    if rows.contains(where: { $0.subject == .fault }) {
      return "\(lines) It is \(order), and what the plan made go wrong, marked ↯, is enough:"
    }
    return "\(lines) It is \(order): this fails without any race:"
  }
}
