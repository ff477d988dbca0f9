internal import InterlockCommandLine
internal import InterlockSystem
internal import InterlockWire

/// A folder of vector files is checked, and told.
enum ConformanceRun {
  /// Files beyond this are no vectors.
  private static let largestFileBytes = 64 << 20

  static let folder = Operand(name: "DIR", meaning: "the folder with the .json files")

  static let statuses: [ExitStatus] = [.failed, .badInput]

  /// Checks every file of the folder that was given.
  ///
  /// - Throws: `CommandFailure` when it cannot be read; `SilentEnd` when something does not agree.
  static func run(
    _ suite: ConformanceSuite, _ arguments: Arguments, _ console: Console
  ) throws {
    let folder = arguments.operands[0]
    let names: [String]
    do throws(SystemError) {
      names = try Folder.names(in: folder)
    } catch {
      throw CommandFailure(.badInput, error.what, "give a folder of vector files")
    }
    let report = suite.check(folder: names) { name in
      try FileContents.read("\(folder)/\(name)", atMost: largestFileBytes)
    }
    try show(report, asJSON: arguments.has(ArgumentParser.json), console)
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
