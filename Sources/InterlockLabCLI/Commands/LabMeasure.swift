internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockWire

/// `interlock lab measure`: how often a race fails under each strategy.
enum LabMeasure: Command {
  private static let schedules = PlanOptions.schedules.defaulting(to: 10_000)
  private static let seed = PlanOptions.seed.defaulting(to: 0)

  static let declaration = CommandDeclaration(
    path: ["lab", "measure"],
    summary: "counts how often a race fails under each strategy, and where first",
    operands: [Operand(name: "NAME", meaning: "the scenario")],
    options: [
      schedules.optional, seed.optional, PlanOptions.variant.optional,
      ArgumentParser.json.optional,
    ],
    statuses: [.badInput], example: "lab measure lock.singleton --variant unguarded")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let scenario = try PlanOptions.scenario(arguments.operands[0])
    let variant =
      try arguments[PlanOptions.variant] == nil
      ? .unguarded : try PlanOptions.variant(arguments, of: scenario)
    let isJSON = arguments.has(ArgumentParser.json)
    if !isJSON {
      try console.print("\(scenario.scheduleName(variant)), \(try arguments[schedules]) schedules")
      try console.print("strategy      failures  first  distinct  steps")
    }
    for word in ["random", "pct:2", "pct:3", "uniform", "pos", "exhaustive:1"] {
      guard let strategy = StrategyOption(word) else { continue }
      let statistics = await scenario.measure(
        variant,
        strategy.plan(schedules: try arguments[schedules], seed: try arguments[seed]))
      let first = statistics.firstFailure.map(String.init) ?? "-"
      let steps = statistics.steps / max(1, statistics.schedules)
      guard isJSON else {
        let cells = [
          (word, 12), ("\(statistics.failures)", 10), (first, 7),
          ("\(statistics.distinctSchedules)", 10), ("\(steps)", 7),
        ]
        try console.print(cells.map { Self.pad($0.0, to: $0.1) }.joined())
        continue
      }
      var object = JSONObject()
      object["strategy"] = .string(word)
      object["schedules"] = .integer(statistics.schedules)
      object["failures"] = .integer(statistics.failures)
      object["first"] = statistics.firstFailure.map(JSONValue.integer) ?? .null
      object["distinct"] = .integer(statistics.distinctSchedules)
      object["steps"] = .integer(steps)
      try console.print(JSONValue.object(object).serialized())
    }
  }

  /// The name to the left, numbers to the right.
  private static func pad(_ text: String, to width: Int) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return Int(text) == nil && text != "-" ? text + space : space + text
  }
}
