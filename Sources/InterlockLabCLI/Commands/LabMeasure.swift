internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockWire

/// `interlock lab measure`: how often a race fails under each strategy.
enum LabMeasure: Command {
  private static let schedules = PlanOptions.schedules.defaulting(to: 10_000)
  private static let seed = PlanOptions.seed.defaulting(to: 0)
  private static let variant = PlanOptions.variant(unlessSaid: .unguarded)
  private static let strategies: [StrategyOption] = [
    .portfolio, .random, .pct(2), .pct(3), .uniform, .partialOrder, .exhaustive(1),
  ]

  static let declaration = CommandDeclaration(
    path: ["lab", "measure"],
    summary: "counts how often a race fails under each strategy, and where first",
    operands: [Operand(name: "NAME", meaning: "the scenario")],
    options: [
      schedules.optional, seed.optional, PlanOptions.unguarded.optional, variant.optional,
      PlanOptions.faults.optional,
      ArgumentParser.json.optional,
    ],
    statuses: [.badInput], example: "lab measure lock.singleton --variant unguarded")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let scenario = try PlanOptions.scenario(arguments.operands[0])
    let variant = try PlanOptions.variant(arguments, of: scenario, unlessSaid: .unguarded)
    let faults = (try arguments[PlanOptions.faults] ?? []).useful(in: scenario, console)
    let isJSON = arguments.has(ArgumentParser.json)
    if !isJSON {
      try console.print("\(scenario.scheduleName(variant)), \(try arguments[schedules]) schedules")
      try console.print("strategy      failures     rate    first  distinct  steps")
    }
    for strategy in strategies {
      let plan = strategy.plan(schedules: try arguments[schedules], seed: try arguments[seed])
      let statistics = await scenario.measure(variant, faults.applied(to: plan))
      if let refusal = statistics.refusal {
        throw CommandFailure(.failed, refusal, "interlock lab doctor tries each control")
      }
      try console.print(
        isJSON
          ? json(strategy, statistics).serialized() : line(strategy, statistics))
    }
  }

  private static func line(_ strategy: StrategyOption, _ statistics: Statistics) -> String {
    let numbers: [(text: String, width: Int)] = [
      ("\(statistics.failures)", 10),
      (Share(statistics.failures, of: statistics.schedules).percent, 9),
      (statistics.firstFailure.map(String.init) ?? "-", 9), ("\(statistics.distinctSchedules)", 10),
      ("\(statistics.steps / max(1, statistics.schedules))", 7),
    ]
    let name = "\(strategy)"
    return numbers.reduce(name + String(repeating: " ", count: 12 - name.count)) { line, number in
      line + String(repeating: " ", count: max(1, number.width - number.text.count)) + number.text
    }
  }

  private static func json(_ strategy: StrategyOption, _ statistics: Statistics) -> JSONValue {
    var object = JSONObject()
    object["strategy"] = .string("\(strategy)")
    object["schedules"] = .integer(statistics.schedules)
    object["failures"] = .integer(statistics.failures)
    object["first"] = statistics.firstFailure.map(JSONValue.integer) ?? .null
    object["distinct"] = .integer(statistics.distinctSchedules)
    object["steps"] = .integer(statistics.steps / max(1, statistics.schedules))
    return .object(object)
  }
}
