internal import InterlockCommandLine
internal import InterlockLocks

/// `interlock lock clear`: frees locks at or below a name.
enum LockClear: Command {
  private static let orphans = Option.flag(
    "--orphans", "only those whose holders are known to be gone; so without any of the three")
  private static let graceful = Option.duration(
    "--graceful", "ask the holders, and end them when they have not given back in this time")
  private static let now = Option.flag("--now", "end all of them at once")

  static let declaration = CommandDeclaration(
    path: ["lock", "clear"], summary: "frees the locks at or below a name",
    details:
      "Only what holds a lock now is ended. Each grant is printed, with what became of it: ended, yielded when "
      + "its holder gave it back, or kept.",
    operands: [LockArguments.prefix],
    options: [
      orphans.optional, graceful.optional, now.optional, LockArguments.reason.optional,
      LockArguments.backend.optional, LockArguments.compat.optional, ArgumentParser.json.optional,
    ],
    statuses: LockArguments.statuses, example: "lock clear run-7 --graceful 10s")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let prefix = try LockArguments.name(arguments.operands[0])
    let policy = try policy(arguments)
    let reason = try arguments[LockArguments.reason] ?? ""
    let cleared = try await LockArguments.withClient(arguments) {
      try await $0.clear(below: prefix, policy, reason: reason)
    }
    for lock in cleared {
      if arguments.has(ArgumentParser.json) {
        try console.print(Report(lock.name, lock.holder, lock.outcome), asJSON: true)
      } else {
        try console.print("\(lock.name)  \(lock.outcome.word): \(lock.holder.inWords)")
      }
    }
  }

  private static func policy(_ arguments: Arguments) throws -> ClearPolicy {
    switch (arguments.has(orphans), try arguments[graceful], arguments.has(now)) {
    case (_, nil, false): return .orphans
    case (false, let time?, false): return .graceful(time)
    case (false, nil, true): return .now
    default:
      throw CommandFailure(
        .usage, "it is said twice how to clear",
        "give one of \(orphans.name), \(graceful.name) D and \(now.name)")
    }
  }
}
