internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockWire

/// `interlock status clear`: removes whatever is recorded.
enum StatusClear: Command {
  static let declaration = CommandDeclaration(
    path: ["status", "clear"],
    summary: "ends whatever is set, and removes what is no status",
    details: "Prints what was set, if anything.",
    operands: [Operand(name: "NAME", meaning: "the status")],
    options: [
      BoardOption.board.optional, BoardOption.scope.optional, ArgumentParser.json.optional,
    ],
    statuses: [.badInput, .unreachable, .otherConfiguration, .notPermitted],
    example: "status clear backup")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try await BoardOption.with(arguments, console) { board in
      let key = try StatusKey(arguments)
      let cleared = try await board.clear(key.name, scope: key.scope)
      guard arguments.has(ArgumentParser.json) else {
        if let cleared { try console.print("cleared: \(StatusLine(cleared).text)") }
        return
      }
      let object: JSONObject = [
        "name": .string(key.title), "scope": key.scope.map { .string($0.text) } ?? .null,
        "set": false, "cleared": cleared.map { .object(StatusLine($0).json) } ?? .null,
      ]
      try console.print(JSONValue.object(object).serialized())
    }
  }
}
