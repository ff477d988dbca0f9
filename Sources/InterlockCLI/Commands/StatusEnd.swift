internal import InterlockCommandLine
internal import InterlockLocks

/// `interlock status end`: ends a status that was begun.
enum StatusEnd: Command {
  private static let id = Option.text(
    "--id", "ID",
    "end only what begin or set printed this for; without it, what is set now, whoever set it")

  static let declaration = CommandDeclaration(
    path: ["status", "end"],
    summary: "ends a status; fails when it has ended",
    details: "What is set by somebody else while the command runs is left alone.",
    operands: [Operand(name: "NAME", meaning: "the status")],
    options: [
      BoardOption.board.optional, BoardOption.scope.optional, id.optional,
      StatusFence.fence.optional, ArgumentParser.json.optional,
    ],
    statuses: [.failed, .badInput, .unreachable, .otherConfiguration, .notPermitted],
    example: "status end backup")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try await BoardOption.with(arguments, console) { board in
      let key = try StatusKey(arguments)
      let current = try await board.get(key.name, scope: key.scope)
      guard let current, try arguments[id].map({ $0 == current.id }) ?? true else {
        throw StatusError(key, .notCurrent(now: current))
      }
      // Who names what is set now changes it under the fence that it has now.
      let fence = try StatusFence.given(arguments, for: key) ?? current.fence
      guard try await board.end(key, id: current.id, fence: fence) else {
        throw StatusError(
          key, .notCurrent(now: try await board.get(key.name, scope: key.scope)))
      }
      try StatusLine.printNone(key, arguments, console)
    }
  }
}
