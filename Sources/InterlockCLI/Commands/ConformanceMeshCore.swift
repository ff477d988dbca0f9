internal import InterlockCommandLine
internal import InterlockNode
internal import InterlockSystem
internal import InterlockWire

/// `interlock conformance meshcore`: checks this build against a folder of test vectors.
enum ConformanceMeshCore: Command {
  /// Files beyond this are no vectors.
  private static let largestFileBytes = 64 << 20

  static let declaration = CommandDeclaration(
    path: ["conformance", "meshcore"],
    summary: "checks this build against a folder of test vectors",
    details: "Prints each mismatch and, last, how many cases passed and failed. Unknown keys in a "
      + "file are ignored; an unknown schema is not.",
    operands: [Operand(name: "DIR", meaning: "the folder with the .json files")],
    options: [ArgumentParser.json.optional],
    statuses: [.failed, .badInput],
    example: "conformance meshcore vectors/meshcore")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let folder = arguments.operands[0]
    let names: [String]
    do throws(SystemError) {
      names = try Folder.names(in: folder)
    } catch {
      throw CommandFailure(.badInput, error.what, "give a folder of vector files")
    }
    let report = ConformanceSuite.meshcore.check(folder: names) { name in
      try FileContents.read("\(folder)/\(name)", atMost: largestFileBytes)
    }
    let asJSON = arguments.has(ArgumentParser.json)
    try show(report, asJSON: asJSON, console)
    // The summary is the last line, so the status alone says the rest.
    if report.hasBadInput { throw SilentEnd(.badInput) }
    if report.failed > 0 { throw SilentEnd(.failed) }
  }

  private static func show(
    _ report: ConformanceReport, asJSON: Bool, _ console: Console
  ) throws(OutputError) {
    guard asJSON else {
      for problem in report.problems { try console.print("\(problem)") }
      for mismatch in report.mismatches { try console.print("\(mismatch)") }
      return try console.print(report.summary)
    }
    for problem in report.problems {
      let line: JSONValue = [
        "file": .string(problem.file), "case": problem.caseID.map { .string($0) } ?? .null,
        "problem": .string(problem.reason),
      ]
      try console.print(line.serialized())
    }
    for mismatch in report.mismatches {
      let line: JSONValue = [
        "file": .string(mismatch.file), "case": .string(mismatch.caseID),
        "field": .string(mismatch.field), "expected": .string(mismatch.expected),
        "got": .string(mismatch.got),
      ]
      try console.print(line.serialized())
    }
    let last: JSONValue = [
      "passed": .integer(report.passed), "failed": .integer(report.failed),
    ]
    try console.print(last.serialized())
  }
}
