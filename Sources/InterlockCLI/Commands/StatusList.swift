internal import InterlockCommandLine
internal import InterlockLocks

/// `interlock status list`: everything that is set.
enum StatusList: Command {
  static let declaration = CommandDeclaration(
    path: ["status", "list"],
    summary: "prints every status that is set",
    options: [
      BoardOption.board.optional, BoardOption.scope.optional, ArgumentParser.json.optional,
    ],
    statuses: [.badInput, .unreachable, .otherConfiguration, .notPermitted],
    example: "status list --json")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try await BoardOption.with(arguments, console) { board in
      let scope = try arguments[BoardOption.scope].map { try StatusName($0) }
      for entry in try await board.list(scope: scope) {
        try StatusLine.print(entry, arguments, console)
      }
    }
  }
}
