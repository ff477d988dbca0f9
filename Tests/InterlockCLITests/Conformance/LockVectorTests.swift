import Foundation
import InterlockWire
import Testing

@testable import InterlockCLI

/// The vectors of locks, and proof that checking them checks something.
@Suite struct LockVectorTests {
  private static let suite = ConformanceSuite.locks

  /// Lists whose name alone is the claim, with a case that belongs into none of them.
  private static let byName: [String: JSONValue] = [
    "refused": ["name": "a", "why": "it is not"], "same_lock": ["a", "b"],
    "different_locks": ["\u{E9}", "e\u{301}"], "not_flags": ".FCRunning1",
  ]

  private static func root(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: VectorFolder.bytes(name, of: "locks"))
  }

  @Test func `locks.N1 K3 K4 every case of every file agrees`() throws {
    let names = try VectorFolder.names(of: "locks")
    #expect(names == ["fences.json", "flags.json", "names.json", "nodb.json"])
    let report = Self.suite.check(folder: names) { name in
      try VectorFolder.bytes(name, of: "locks")
    }
    #expect(report.mismatches == [] && report.problems == [])
    #expect(report.cases.map(\.file) == names)
    #expect(report.passed == report.cases.reduce(0) { $0 + $1.count })
    #expect(report.passed > 90)
  }

  @Test(arguments: suite.checkers.map(\.schema))
  func `a claim that is altered is a mismatch`(name: String) throws {
    let checker = try #require(Self.suite.checkers.first { $0.schema == name })
    for list in checker.lists {
      if let stranger = Self.byName[list.name] {
        var current = ConformanceCase(id: "0", value: stranger, file: name)
        try list.check(&current)
        #expect(current.mismatches.count == 1, "\(name) \(list.name)")
        continue
      }
      for (index, value) in (try Self.root(name)[list.name]?.array ?? []).enumerated() {
        var current = ConformanceCase(id: "\(index)", value: value, file: name)
        try list.check(&current)
        #expect(!current.compared.isEmpty, "\(name) \(list.name)[\(index)] compares nothing")
        #expect(
          current.inputs.union(current.compared).isSuperset(
            of: (value.object?.names ?? []).filter { value[$0]?.isNull == false }),
          "\(name) \(list.name)[\(index)]")
        for path in current.compared {
          var second = ConformanceCase(
            id: "\(index)", value: Alteration.of(value, at: [path]), file: name)
          try list.check(&second)
          #expect(second.mismatches.map(\.field) == [path], "\(name) \(list.name)[\(index)]")
        }
      }
    }
  }

  @Test func `no number in a file stops the program`() throws {
    for checker in Self.suite.checkers {
      for list in checker.lists {
        for value in try Self.root(checker.schema)[list.name]?.array ?? [] {
          for path in Alteration.numbers(in: value) {
            for number in VectorTests.odd {
              var current = ConformanceCase(
                id: "0", value: Alteration.of(value, at: path[...]) { _ in number }, file: "x")
              do { try list.check(&current) } catch { #expect(!error.description.isEmpty) }
            }
          }
        }
      }
    }
  }

  @Test func `a file that nobody knows is bad input`() throws {
    let report = Self.suite.check(file: "others.json", bytes: Array("{}".utf8))
    #expect(
      report.problems.map(\.description).first?.contains("“others.json” is not one") == true,
      "\(report.problems)")
  }

  @Test func `the program checks the folder, and ends with 0`() throws {
    let folder = try VectorFolder.root(of: "locks").path
    let ended = try Program.run("conformance", "locks", folder)
    #expect(ended.status == 0 && ended.output.hasSuffix(" passed, 0 failed\n"), "\(ended)")
  }
}
