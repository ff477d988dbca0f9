internal import InterlockCommandLine
internal import InterlockLocks

/// `interlock status get`: whether a status is set.
enum StatusGet: Command {
  static let declaration = CommandDeclaration(
    path: ["status", "get"],
    summary: "ends with 0 when a status is set, with 1 when it is not",
    details:
      "Prints what is set. Where that cannot be told it ends with another status, never with 1.",
    operands: [Operand(name: "NAME", meaning: "the status")],
    options: [
      BoardOption.board.optional, BoardOption.scope.optional, ArgumentParser.json.optional,
    ],
    statuses: [.failed, .badInput, .unreachable, .otherConfiguration, .notPermitted],
    example: "status get backup")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try await BoardOption.with(arguments, console) { board in
      let key = try StatusKey(arguments)
      guard let entry = try await board.get(key.name, scope: key.scope) else {
        try StatusLine.printNone(key, arguments, console)
        throw SilentEnd(.failed)
      }
      try StatusLine.print(entry, arguments, console)
    }
  }
}
