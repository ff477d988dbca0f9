internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockWire

/// `interlock status set`: sets a status, whatever was.
enum StatusSet: Command {
  static let declaration = CommandDeclaration(
    path: ["status", "set"],
    summary: "sets a status, or replaces what is set",
    details: "Prints the id of what was set; with --json, what it replaced as well. "
      + StatusSetting.flags,
    operands: StatusSetting.operands, options: StatusSetting.options,
    statuses: StatusSetting.statuses,
    example: "status set backup 30m --reason copying")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try await BoardOption.with(arguments, console) { board in
      let key = try StatusKey(arguments)
      let (entry, replaced) = try await board.set(
        key.name, scope: key.scope, ttl: try StatusSetting.ttl(arguments),
        reason: try arguments[StatusSetting.reason] ?? "",
        payload: try arguments[StatusSetting.payload] ?? [:],
        fence: try await StatusFence.toSet(key, on: board, arguments, console))
      guard arguments.has(ArgumentParser.json) else { return try console.print(entry.id) }
      var object = StatusLine(entry).json
      object["replaced"] = replaced.map { .object(StatusLine($0).json) } ?? .null
      try console.print(JSONValue.object(object).serialized())
    }
  }
}
