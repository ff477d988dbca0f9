internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockWire

/// `interlock lock check`: whether all that is recorded about a lock agrees.
enum LockCheck: Command {
  static let declaration = CommandDeclaration(
    path: ["lock", "check"],
    summary: "compares all that is recorded about a lock and says whether it agrees",
    operands: [LockArguments.name],
    options: [
      LockArguments.backend.optional, LockArguments.compat.optional, ArgumentParser.json.optional,
    ],
    statuses: LockArguments.statuses, example: "lock check backup")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let name = try LockArguments.name(arguments.operands[0])
    let problems = try await LockArguments.withClient(arguments) {
      try await $0.disagreements(about: name)
    }
    var report = Report()
    report.add("name", .string(name.text), "\(name)")
    report.add("agrees", .bool(problems.isEmpty), problems.isEmpty ? "yes" : "no")
    report.add(
      "problems", .array(problems.map { .string($0) }),
      problems.isEmpty ? "none" : problems.map(\.escapedForDisplay).joined(separator: "; "))
    try console.print(report, asJSON: arguments.has(ArgumentParser.json))
    if !problems.isEmpty { throw SilentEnd(.failed) }
  }
}
