internal import InterlockCommandLine
internal import InterlockLocks

/// `interlock lock break`: takes a lock away from whoever holds it.
enum LockBreak: Command {
  private static let token = Option.text(
    "--token", "T", "the grant to end, as interlock lock show has it")
  private static let any = Option.flag("--any", "end whatever grants there are")

  static let declaration = CommandDeclaration(
    path: ["lock", "break"], summary: "takes a lock away from whoever holds it",
    details:
      "The next in line has it then, under a greater fence: what the former holder still writes with its own is "
      + "refused. Whoever was ended is printed.",
    operands: [LockArguments.name],
    options: [
      token.optional, any.optional, LockArguments.reason.optional, LockArguments.backend.optional,
      LockArguments.compat.optional,
      ArgumentParser.json.optional,
    ],
    statuses: LockArguments.statuses, example: "lock break backup --any")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let name = try LockArguments.name(arguments.operands[0])
    let grant: ForcedGrant
    switch (try arguments[token], arguments.has(any)) {
    case ("", false):
      throw CommandFailure(
        .usage, "an empty token is no grant's",
        "give \(token.name) what interlock lock show has, or \(any.name)")
    case (let token?, false): grant = .token(token)
    case (nil, true): grant = .anyHolder
    default:
      throw CommandFailure(
        .usage, "it is not said which grant to end", "give one of \(token.name) T and \(any.name)")
    }
    let reason = try arguments[LockArguments.reason] ?? ""
    let ended = try await LockArguments.withClient(arguments) {
      try await $0.forceUnlock(name, expecting: grant, reason: reason)
    }
    if ended.isEmpty { throw CommandFailure(LockError(name, .notHolder(token: nil))) }
    for holder in ended {
      try console.print(Report(name, holder, .ended), asJSON: arguments.has(ArgumentParser.json))
    }
  }
}
