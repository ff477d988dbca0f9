internal import InterlockWire

/// What checking vector files found.
struct ConformanceReport: Sendable {
  /// A value that this build computes otherwise than the file says.
  struct Mismatch: Sendable, Equatable, CustomStringConvertible {
    var file: String
    /// The case's id, or its list and place in it where cases have none.
    var caseID: String
    /// The field, with dots between the names that lead to it.
    var field: String
    var expected: String
    var got: String

    var description: String { "\(file) \(caseID) \(field): expected \(expected), got \(got)" }
  }

  /// A file or case that cannot be checked because it is not what its schema says.
  struct Problem: Sendable, Equatable, CustomStringConvertible {
    var file: String
    /// The case; nil when the file as a whole is at fault.
    var caseID: String?
    var reason: String

    var description: String { [file, caseID, reason].compactMap(\.self).joined(separator: ": ") }
  }

  /// Cases in which every field agreed.
  var passed = 0
  /// Cases with a mismatch, and whatever could not be checked.
  var failed = 0
  var mismatches: [Mismatch] = []
  var problems: [Problem] = []
  /// Checked cases by file, for a summary.
  var cases: [(file: String, count: Int)] = []

  /// Whether the input itself was at fault: the caller's exit status then says "bad input".
  var hasBadInput: Bool { !problems.isEmpty }

  /// The last line of output.
  var summary: String { "\(passed) passed, \(failed) failed" }

  mutating func add(_ problem: Problem) {
    problems.append(problem)
    failed += 1
  }

  mutating func add(_ other: ConformanceReport) {
    passed += other.passed
    failed += other.failed
    mismatches += other.mismatches
    problems += other.problems
    cases += other.cases
  }
}
