internal import InterlockCommandLine
internal import InterlockFileLocks
internal import InterlockLocks

/// `interlock lock show`: who holds a lock, and who waits for it.
enum LockShow: Command {
  static let declaration = CommandDeclaration(
    path: ["lock", "show"], summary: "shows who holds a lock, and who waits for it in line",
    details:
      "Where a folder of GivTCP's lock file is known, the file is shown as a holder while it is there, whoever made it; in "
      + "\(RolloutMode.legacy.rawValue) it is all that is looked at.",
    operands: [LockArguments.name],
    options: [
      LockArguments.backend.optional, LockArguments.compat.optional, ArgumentParser.json.optional,
    ] + RolloutOptions.all,
    statuses: LockArguments.statuses, example: "lock show backup")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let name = try LockArguments.name(arguments.operands[0])
    let rollout = try RolloutOptions.read(arguments, console)
    let record = try await LockArguments.withClient(arguments, rollout) {
      try await $0.record(of: name)
    }.seenFromHere()
    try console.print(Report(record), asJSON: arguments.has(ArgumentParser.json))
  }
}
