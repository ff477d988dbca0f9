internal import InterlockCommandLine

/// `interlock conformance meshcore`: checks this build against a folder of the mesh protocol's test vectors.
enum ConformanceMeshCore: Command {
  static let declaration = CommandDeclaration(
    path: ["conformance", "meshcore"],
    summary: "checks this build against a folder of the mesh protocol's test vectors",
    details: "Prints each mismatch and, last, how many cases passed and failed. Unknown keys in a "
      + "file are ignored; an unknown schema is not.",
    operands: [ConformanceRun.folder], options: [ArgumentParser.json.optional],
    statuses: ConformanceRun.statuses, example: "conformance meshcore vectors/meshcore")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    try ConformanceRun.run(.meshcore, arguments, console)
  }
}
