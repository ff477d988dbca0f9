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
    details: """
      Of a race that ends its process only the first failure is told, of one process for each strategy.
      """,
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
      guard !scenario.endsProcess(variant) else {
        let board = try await Exploration(
          scenario: scenario, variant: variant, strategy: strategy,
          schedules: try arguments[schedules], seed: try arguments[seed], faults: faults,
          keepsGoing: false
        ).inOneProcess()
        let first = FirstFailure(board)
        try console.print(
          isJSON ? json(strategy, first).serialized() : line(strategy, first.cells))
        continue
      }
      let plan = strategy.plan(schedules: try arguments[schedules], seed: try arguments[seed])
      let statistics = await scenario.measure(variant, faults.applied(to: plan))
      if let refusal = statistics.refusal {
        throw CommandFailure(.failed, refusal, "interlock lab doctor tries each control")
      }
      try console.print(
        isJSON
          ? json(strategy, statistics).serialized() : line(strategy, cells(statistics)))
    }
  }

  /// What is known of a strategy whose first failure ended the process.
  private struct FirstFailure {
    /// Schedules that began.
    let schedules: Int
    let isFound: Bool

    init(_ board: PartBoard) { (schedules, isFound) = (board.schedules, board.found != nil) }

    var cells: [String] {
      isFound ? ["-", "-", "\(schedules)", "-", "-"] : ["0", "0.0 %", "-", "-", "-"]
    }
  }

  private static func cells(_ statistics: Statistics) -> [String] {
    [
      "\(statistics.failures)", Share(statistics.failures, of: statistics.schedules).percent,
      statistics.firstFailure.map(String.init) ?? "-", "\(statistics.distinctSchedules)",
      "\(statistics.steps / max(1, statistics.schedules))",
    ]
  }

  private static func line(_ strategy: StrategyOption, _ cells: [String]) -> String {
    let numbers = zip(cells, [10, 9, 9, 10, 7]).map { (text: $0, width: $1) }
    let name = "\(strategy)"
    return numbers.reduce(name + String(repeating: " ", count: 12 - name.count)) { line, number in
      line + String(repeating: " ", count: max(1, number.width - number.text.count)) + number.text
    }
  }

  private static func json(_ strategy: StrategyOption, _ first: FirstFailure) -> JSONValue {
    var object = JSONObject()
    object["strategy"] = .string("\(strategy)")
    object["schedules"] = .integer(first.schedules)
    object["failures"] = first.isFound ? .null : .integer(0)
    object["first"] = first.isFound ? .integer(first.schedules) : .null
    object["distinct"] = .null
    object["steps"] = .null
    return .object(object)
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
