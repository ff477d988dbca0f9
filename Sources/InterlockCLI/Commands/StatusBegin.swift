internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockWire

/// `interlock status begin`: sets a status that is not set.
enum StatusBegin: Command {
  static let declaration = CommandDeclaration(
    path: ["status", "begin"],
    summary: "sets a status; fails when it is set",
    details:
      "Prints the id of what was begun: status end --id ends that and nothing that was set later. "
      + StatusSetting.flags,
    operands: StatusSetting.operands, options: StatusSetting.options,
    statuses: StatusSetting.statuses,
    example: "status begin backup 30m --reason copying")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try await BoardOption.with(arguments, console) { board in
      let key = try StatusKey(arguments)
      let entry = try await board.begin(
        key.name, scope: key.scope, ttl: try StatusSetting.ttl(arguments),
        reason: try arguments[StatusSetting.reason] ?? "",
        payload: try arguments[StatusSetting.payload] ?? [:],
        fence: try await StatusFence.toSet(key, on: board, arguments, console))
      guard !arguments.has(ArgumentParser.json) else {
        return try StatusLine.print(entry, arguments, console)
      }
      try console.print(entry.id)
    }
  }
}
