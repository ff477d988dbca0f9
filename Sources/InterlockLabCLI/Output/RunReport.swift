internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockWire

/// What exploring one scenario found, for people and for programs.
struct RunReport {
  let scenario: Scenario
  let variant: Scenario.Variant
  private var schedules = 0
  private var steps = 0
  var elapsed = Duration.zero
  private var isComplete = false
  /// What went wrong; nil when nothing did.
  private var failure: String?
  /// How many schedules failed, where that was counted.
  private var failures: Int?
  private var strategy: String?
  /// The string that repeats the failure.
  private var schedule: String?
  private var trace: Trace?
  /// Whether repeating it ends the process that does.
  private var isDeadly = false

  init(scenario: Scenario, variant: Scenario.Variant) {
    self.scenario = scenario
    self.variant = variant
  }

  var isPassed: Bool { failure == nil }

  /// What was explored in this process.
  mutating func take(_ report: InterlockLab.Report) {
    (schedules, steps, isComplete) = (report.schedules, report.steps, report.isComplete)
    (strategy, schedule, trace) = (report.strategy, report.schedule, report.trace)
    failure = report.outcome.isPassed ? nil : "\(report.outcome)"
  }

  /// What was counted after a failure.
  mutating func take(_ statistics: Statistics) {
    (schedules, steps) = (statistics.schedules, statistics.steps)
    failures = statistics.failures
  }

  /// What processes found.
  mutating func take(_ board: PartBoard) {
    (schedules, steps, isComplete) = (board.schedules, board.steps, board.isComplete)
    guard let found = board.found else { return }
    (failure, strategy, schedule) = (found.outcome, found.strategy, found.schedule)
    isDeadly = found.isDeadly
    if board.keepsGoing { failures = board.failures }
  }

  /// How the failure of another process went here.
  mutating func take(replayed report: InterlockLab.Report) {
    trace = report.trace
    failure = "\(report.outcome)"
  }

  private var rate: Int {
    let seconds = max(
      1e-9, Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18)
    return Int(Double(schedules) / seconds)
  }

  var json: JSONValue {
    var object = JSONObject()
    object["scenario"] = .string(scenario.name)
    object["variant"] = .string(variant.rawValue)
    object["schedules"] = .integer(schedules)
    object["steps"] = .integer(steps)
    object["schedules_per_s"] = .integer(rate)
    object["complete"] = .bool(isComplete)
    object["found"] = .bool(!isPassed)
    object["failures"] = failures.map(JSONValue.integer) ?? .null
    object["outcome"] = .string(failure ?? "passed")
    object["strategy"] = strategy.map(JSONValue.string) ?? .null
    object["replay"] = schedule.map(JSONValue.string) ?? .null
    return .object(object)
  }

  var lines: [String] {
    let name = "\(scenario.name), \(variant.rawValue)"
    guard let failure else {
      let extent = isComplete ? "all \(schedules)" : "\(schedules)"
      return ["\(name): \(extent) schedules passed, \(rate) a second"]
    }
    var lines = ["\(name): \(failure)"]
    if let failures {
      lines.append(
        "\(Share(failures, of: schedules)) of \(schedules) schedules failed, \(rate) a second")
    } else {
      let method = strategy.map { " by \($0)" } ?? ""
      lines.append("found after \(schedules) schedules\(method), \(rate) a second")
    }
    if let schedule { lines.append("replay: interlock lab replay '\(schedule)'") }
    if isDeadly { lines.append("it was not made smaller, and a replay ends like this one") }
    if let trace { lines += ["", trace.text(isFolded: true)] }
    return lines
  }
}

/// A number of schedules, and what part of all that is.
struct Share: CustomStringConvertible {
  private let part: Int
  private let whole: Int

  init(_ part: Int, of whole: Int) {
    self.part = part
    self.whole = whole
  }

  /// In per cent, with one digit after the point.
  var percent: String {
    let permille = (part * 1000 + whole / 2) / max(1, whole)
    return "\(permille / 10).\(permille % 10) %"
  }

  var description: String { "\(part) (\(percent))" }
}
