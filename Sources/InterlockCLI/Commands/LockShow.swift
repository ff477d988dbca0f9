internal import InterlockCommandLine
internal import InterlockLocks

/// `interlock lock show`: who holds a lock, and who waits for it.
enum LockShow: Command {
  static let declaration = CommandDeclaration(
    path: ["lock", "show"], summary: "shows who holds a lock, and who waits for it in line",
    operands: [LockArguments.name],
    options: [
      LockArguments.backend.optional, LockArguments.compat.optional, ArgumentParser.json.optional,
    ],
    statuses: LockArguments.statuses, example: "lock show backup")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let name = try LockArguments.name(arguments.operands[0])
    let record = try await LockArguments.withClient(arguments) {
      try await $0.record(of: name)
    }.seenFromHere()
    try console.print(Report(record), asJSON: arguments.has(ArgumentParser.json))
  }
}
