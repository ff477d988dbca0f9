internal import InterlockCommandLine
internal import InterlockScenarios
internal import InterlockWire

/// `interlock lab list`: the races that are kept.
enum LabList: Command {
  static let declaration = CommandDeclaration(
    path: ["lab", "list"], summary: "lists the races that are kept, with the question each asks",
    options: [ArgumentParser.json.optional], example: "lab list")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let isJSON = arguments.has(ArgumentParser.json)
    let width = Scenario.all.map(\.name.count).max() ?? 0
    for scenario in Scenario.all {
      guard isJSON else {
        let padding = String(repeating: " ", count: width - scenario.name.count + 2)
        let forms = scenario.variants.map(\.rawValue).joined(separator: ", ")
        try console.print("\(scenario.name)\(padding)\(scenario.question) (\(forms))")
        continue
      }
      var object = JSONObject()
      object["name"] = .string(scenario.name)
      object["question"] = .string(scenario.question)
      object["variants"] = .array(scenario.variants.map { .string($0.rawValue) })
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
}
