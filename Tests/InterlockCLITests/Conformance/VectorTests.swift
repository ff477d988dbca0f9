import InterlockWire
import Testing

@testable import InterlockCLI

/// The published vectors, and proof that checking them checks something.
@Suite struct VectorTests {
  static let checkers = ConformanceSuite.meshcore.checkers

  @Test(arguments: checkers.map(\.schema))
  func `radio.P1 every case of every list agrees`(schema: String) throws {
    let file = try #require(try VectorFolder.files().first { $0.checker.schema == schema })
    let report = file.checker.check(file.root, file: file.name)
    #expect(report.mismatches == [])
    #expect(report.problems == [])
    let count = file.checker.lists.reduce(0) { $0 + (file.root[$1.name]?.array?.count ?? 0) }
    #expect(count > 0)
    #expect(report.passed == count)
    #expect(report.failed == 0)
  }

  @Test func `radio.P1 no published file is without a checker and no case is left out`() throws {
    let report = ConformanceSuite.meshcore.check(folder: try VectorFolder.names) { name in
      try VectorFolder.bytes(name)
    }
    let files = try VectorFolder.names.filter { $0.hasSuffix(".json") }
    #expect(report.cases.map(\.file) == files)
    #expect(report.failed == 0)
    #expect(report.passed == report.cases.reduce(0) { $0 + $1.count })
  }

  /// Whatever value a case claims, claiming another must be noticed.
  @Test(arguments: checkers.map(\.schema))
  func `a claim that is altered is a mismatch`(schema: String) throws {
    let file = try #require(try VectorFolder.files().first { $0.checker.schema == schema })
    for list in file.checker.lists {
      for (index, value) in (file.root[list.name]?.array ?? []).enumerated() {
        var current = ConformanceCase(id: "\(index)", value: value, file: file.name)
        try list.check(&current)
        #expect(!current.compared.isEmpty, "\(file.name) \(list.name)[\(index)] compares nothing")
        for path in current.compared {
          let altered = Alteration.of(value, at: path.split(separator: ".").map(String.init)[...])
          var second = ConformanceCase(id: "\(index)", value: altered, file: file.name)
          let isNoticed: Bool
          do {
            try list.check(&second)
            isNoticed = !second.mismatches.isEmpty
          } catch { isNoticed = true }
          #expect(isNoticed, "\(file.name) \(list.name)[\(index)] \(path)")
        }
      }
    }
  }

  /// Fields that explain a case, or say what another program answered.
  static let explanations: Set<String> = ["id", "note", "references", "events", "deviation"]

  @Test(arguments: checkers.map(\.schema))
  func `every field of a case is used or compared`(schema: String) throws {
    let file = try #require(try VectorFolder.files().first { $0.checker.schema == schema })
    for list in file.checker.lists {
      for (index, value) in (file.root[list.name]?.array ?? []).enumerated() {
        var current = ConformanceCase(id: "\(index)", value: value, file: file.name)
        try list.check(&current)
        let used = Set(
          current.inputs.union(current.compared).compactMap { $0.split(separator: ".").first })
        let names = Set(value.object?.names ?? []).subtracting(Self.explanations)
          .subtracting(file.checker.notCompared)
        let unused = names.filter { !used.contains(Substring($0)) }
        #expect(unused == [], "\(file.name) \(list.name)[\(index)]")
      }
    }
  }
}

/// Puts another value of the same kind in a value's place.
enum Alteration {
  static func of(_ value: JSONValue, at path: ArraySlice<String>) -> JSONValue {
    guard let name = path.first else { return other(than: value) }
    if var elements = value.array, let index = Int(name), elements.indices.contains(index) {
      elements[index] = of(elements[index], at: path.dropFirst())
      return .array(elements)
    }
    var object = value.object ?? JSONObject()
    object[name] = of(object[name] ?? .null, at: path.dropFirst())
    return .object(object)
  }

  private static func other(than value: JSONValue) -> JSONValue {
    switch value.content {
    case .null: "00"
    case .bool(let truth): .bool(!truth)
    // Far enough to be outside every tolerance.
    case .number(let number): .double(number.double * 2 + 1000)
    case .string(let text):
      .string(text.hasSuffix("0") ? text.dropLast() + "1" : text.dropLast() + "0")
    case .array, .object: "altered"
    }
  }
}
