internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockWire

/// What exploring one scenario found, for people and for programs.
struct RunReport {
  let scenario: Scenario
  let variant: Scenario.Variant
  let schedules: Int
  let steps: Int
  let elapsed: Duration
  var isComplete = false
  var outcome = Outcome.passed
  var strategy: String?
  /// The string that repeats the failure.
  var schedule: String?
  var trace: Trace?

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
    object["found"] = .bool(!outcome.isPassed)
    object["outcome"] = .string("\(outcome)")
    object["strategy"] = strategy.map(JSONValue.string) ?? .null
    object["replay"] = schedule.map(JSONValue.string) ?? .null
    return .object(object)
  }

  var lines: [String] {
    let name = "\(scenario.name), \(variant.rawValue)"
    guard !outcome.isPassed else {
      let extent = isComplete ? "all \(schedules)" : "\(schedules)"
      return ["\(name): \(extent) schedules passed, \(rate) a second"]
    }
    var lines = [
      "\(name): \(outcome)",
      "found in schedule \(schedules) by \(strategy ?? "-"), \(rate) a second",
    ]
    if let schedule = schedule { lines.append("replay: interlock lab replay '\(schedule)'") }
    if let trace = trace { lines += ["", trace.text(isFolded: true)] }
    return lines
  }
}
