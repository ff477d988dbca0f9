internal import InterlockCommandLine
internal import InterlockLocks

/// `interlock lock list`: what is held and waited for.
enum LockList: Command {
  static let declaration = CommandDeclaration(
    path: ["lock", "list"], summary: "lists the locks that are held or waited for",
    operands: [
      Operand(name: "PREFIX", meaning: LockArguments.prefix.meaning, isOptional: true)
    ],
    options: [
      LockArguments.backend.optional, LockArguments.compat.optional, ArgumentParser.json.optional,
    ],
    statuses: LockArguments.statuses, example: "lock list run-7 --json")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let prefix = try arguments.operands.first.map { try LockArguments.name($0) }
    let records = try await LockArguments.withClient(arguments) {
      try await $0.records(below: prefix).map { $0.seenFromHere() }
    }
    for record in records {
      if arguments.has(ArgumentParser.json) {
        try console.print(Report(record), asJSON: true)
      } else {
        try console.print(record.line)
      }
    }
  }
}
