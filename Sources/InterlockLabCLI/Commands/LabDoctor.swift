internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockWire

/// `interlock lab doctor`: whether the lab has control of this runtime.
enum LabDoctor: Command {
  static let declaration = CommandDeclaration(
    path: ["lab", "doctor"], summary: "checks that the lab has control of the Swift runtime",
    details: """
      The lab rests on private parts of the runtime, which another compiler may have moved. One probe tries each; when \
      one marked FAIL is missing the lab refuses to explore, and one marked warn makes reports poorer.
      """,
    options: [ArgumentParser.json.optional], statuses: [.failed], example: "lab doctor")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let check = SelfCheck.result
    for probe in check.probes {
      guard arguments.has(ArgumentParser.json) else {
        let mark = probe.isPassed ? "ok  " : probe.purpose == .control ? "FAIL" : "warn"
        try console.print("\(mark) \(probe.problem.map { "\(probe.name): \($0)" } ?? probe.name)")
        continue
      }
      var object = JSONObject()
      object["probe"] = .string(probe.name)
      object["control"] = .bool(probe.purpose == .control)
      object["problem"] = probe.problem.map(JSONValue.string) ?? .null
      try console.print(JSONValue.object(object).serialized())
    }
    if Build.isOptimised {
      console.warn(
        "this is an optimised build, in which the compiler has joined steps",
        "explore a debug build: swift build --product interlock-lab")
    }
    guard !check.isInControl else { return }
    throw CommandFailure(
      .failed, "the lab cannot control this runtime",
      "use Swift 6.3 on Linux, and link as the page Linking of InterlockLab says")
  }
}
