internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockWire

/// `interlock lab list`: the races that are kept.
enum LabList: Command {
  static let declaration = CommandDeclaration(
    path: ["lab", "list"], summary: "lists the races that are kept, with the question each asks",
    details: """
      Each has an unguarded form, with a defect that the lab finds, and a guarded one, which survives. Tasks and steps \
      are those of the guarded form when no task is interrupted.
      """,
    options: [ArgumentParser.json.optional], example: "lab list")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let isJSON = arguments.has(ArgumentParser.json)
    let width = Scenario.all.map(\.name.count).max() ?? 0
    let space = String(repeating: " ", count: width)
    if !isJSON {
      try console.print("\(("scenario" + space).prefix(width))  tasks  steps  question")
    }
    for scenario in Scenario.all {
      let size = await Size(of: scenario)
      guard isJSON else {
        let name = (scenario.name + space).prefix(width)
        let tempting = scenario.variants.contains(.tempting) ? " (and a tempting form)" : ""
        let deadly = scenario.endsProcess ? " (ends its process)" : ""
        try console.print(
          "\(name)  \(padded(size.tasks))  \(padded(size.steps))  \(scenario.question)\(tempting)\(deadly)"
        )
        continue
      }
      var object = JSONObject()
      object["name"] = .string(scenario.name)
      object["question"] = .string(scenario.question)
      object["variants"] = .array(scenario.variants.map { .string($0.rawValue) })
      object["tasks"] = .integer(size.tasks)
      object["steps"] = .integer(size.steps)
      object["ends_process"] = .bool(scenario.endsProcess)
      object["found_within"] = .integer(scenario.foundWithin)
      object["source"] = scenario.source.map(JSONValue.string) ?? .null
      var parameters = JSONObject()
      for parameter in scenario.parameters {
        parameters[parameter.name] = .integer(parameter.value)
      }
      object["parameters"] = .object(parameters)
      try console.print(JSONValue.object(object).serialized())
    }
  }

  /// How large the guarded form is in the default schedule.
  private struct Size {
    var tasks = 0
    var steps = 0

    init(of scenario: Scenario) async {
      // A lab that is not in control of this runtime tells no size; `lab doctor` tells why.
      guard let trace = try? await scenario.replay(.guarded, "lab1/size//").trace else { return }
      tasks = trace.tasks.count
      steps = trace.events.count { if case .step = $0 { true } else { false } }
    }
  }

  private static func padded(_ number: Int) -> String {
    String(repeating: " ", count: max(0, 5 - "\(number)".count)) + "\(number)"
  }
}
