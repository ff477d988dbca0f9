internal import InterlockCommandLine

/// `interlock conformance locks`: checks this build against a folder of test vectors of locks.
enum ConformanceLocks: Command {
  static let declaration = CommandDeclaration(
    path: ["conformance", "locks"],
    summary: "checks this build against a folder of test vectors of locks",
    details:
      "Prints each mismatch and, last, how many cases passed and failed. names.json, fences.json, "
      + "flags.json and nodb.json are known; unknown keys in a file are ignored, an unknown file is not.",
    operands: [ConformanceRun.folder], options: [ArgumentParser.json.optional],
    statuses: ConformanceRun.statuses, example: "conformance locks vectors/locks")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try ConformanceRun.run(.locks, arguments, console)
  }
}
