import InterlockCommandLine
import InterlockWire
import Testing

@testable import InterlockCLI

@Suite struct ConformanceSuiteTests {
  /// A schema whose cases double a number and spell it as a byte.
  static let suite = ConformanceSuite(checkers: [
    ConformanceChecker(
      schema: "test/1",
      lists: [
        .init("doubles") { (current) throws(JSONError) in
          let number: Int = try current.input("number")
          try current.expect("double", number: number * 2)
          try current.expect("spelled.hex", bytes: [UInt8(truncatingIfNeeded: number)])
          try current.expect("half", Double(number) / 2, within: 0.25)
          try current.expectIfPresent("isOdd", .bool(number % 2 == 1))
        }
      ])
  ])

  static func report(_ files: KeyValuePairs<String, String>) -> ConformanceReport {
    suite.check(folder: files.map(\.key)) { name in
      struct Missing: Error {}
      guard let file = files.first(where: { $0.key == name }) else { throw Missing() }
      return Array(file.value.utf8)
    }
  }

  static func file(_ cases: String) -> String { #"{"schema":"test/1","doubles":[\#(cases)]}"# }

  @Test func `cases that agree are counted, unknown keys and other files are let be`() {
    let report = Self.report([
      "a.json": Self.file(
        #"{"number":3,"double":6,"spelled":{"hex":"03","more":1},"half":1.4,"new":1},"#
          + #"{"number":4,"double":8,"spelled":{"hex":"04"},"half":2,"isOdd":false}"#),
      "README.md": "not looked at",
    ])
    #expect(report.summary == "2 passed, 0 failed")
    #expect(!report.hasBadInput)
    #expect(report.cases.map(\.count) == [2])
  }

  @Test func `a file without a case is bad input`() {
    let report = Self.report(["a.json": Self.file("")])
    #expect(report.problems.map(\.description) == ["a.json: there is no case in the file"])
    #expect(report.hasBadInput)
    #expect(report.summary == "0 passed, 1 failed")
  }

  @Test func `each mismatch names file, case, field and both values`() {
    let report = Self.report([
      "a.json": Self.file(
        #"{"id":"x1","number":3,"double":7,"spelled":{"hex":"04"},"half":1.2},"#
          + #"{"number":3,"double":6,"spelled":{"hex":"03"},"half":1.5,"isOdd":false}"#)
    ])
    #expect(
      report.mismatches.map(\.description) == [
        "a.json x1 double: expected 7, got 6",
        "a.json x1 spelled.hex: expected \"04\", got \"03\"",
        "a.json x1 half: expected 1.2, got 1.5",
        "a.json doubles[1] isOdd: expected false, got true",
      ])
    #expect(report.summary == "0 passed, 2 failed")
    #expect(!report.hasBadInput)
  }

  @Test(arguments: [
    ("", "line 1, column 1: the text ends"),
    ("{\"schema\":\"test/1\"", "line 1, column 19: an object goes on"),
    ("[]", "an object is expected here, not an array"),
    ("{}", "“schema” is missing"),
    (#"{"schema":7}"#, "schema: text is expected here, not 7"),
    (#"{"schema":"test/2","doubles":[]}"#, "schema: “test/2” is not one this build can check"),
    (#"{"schema":"test/1"}"#, "the list “doubles” is missing"),
    (#"{"schema":"test/1","doubles":{}}"#, "the list “doubles” is missing"),
    (Self.file("7"), "doubles[0]: line 1, column 31: “number” is missing"),
    (Self.file(#"{"id":"q","number":"3"}"#), "q: line 1, column 50: number: a whole number"),
    (Self.file(#"{"number":3}"#), "doubles[0]: line 1, column 31: “double” is missing"),
  ])
  func `a file that is not what its schema says is bad input`(text: String, reason: String) {
    let report = Self.report(["a.json": text])
    #expect(report.hasBadInput)
    #expect(report.problems.first?.description.contains(reason) == true, "\(report.problems)")
    #expect(report.failed == 1)
    #expect(report.passed == 0)
  }

  @Test func `one bad file does not keep the others from being checked`() {
    let good = Self.file(#"{"number":3,"double":6,"spelled":{"hex":"03"},"half":1.5}"#)
    let report = Self.report(["a.json": "{", "b.json": good, "c.json": good])
    #expect(report.summary == "2 passed, 1 failed")
    #expect(report.cases.map(\.file) == ["b.json", "c.json"])
  }

  @Test func `a folder without vectors, and a file that cannot be read, are bad input`() {
    #expect(Self.report([:]).hasBadInput)
    struct Denied: Error, CustomStringConvertible {
      var description: String { "permission denied" }
    }
    let report = Self.suite.check(folder: ["a.json"]) { _ in throw Denied() }
    #expect(report.problems.map(\.description) == ["a.json: cannot be read: permission denied"])
  }
}
