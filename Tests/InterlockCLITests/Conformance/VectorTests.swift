import InterlockCommandLine
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

  /// Numbers that few conversions and few sums survive.
  static let odd: [JSONValue] = [
    .double(1e300), .double(-1e300), .integer(Int64.max), .integer(-1),
  ]

  @Test(arguments: checkers.map(\.schema))
  func `no number in a file stops the program`(schema: String) throws {
    let file = try #require(try VectorFolder.files().first { $0.checker.schema == schema })
    for list in file.checker.lists {
      for (index, value) in (file.root[list.name]?.array ?? []).enumerated() {
        for path in Alteration.numbers(in: value) {
          for number in Self.odd {
            var current = ConformanceCase(
              id: "\(index)", value: Alteration.of(value, at: path[...]) { _ in number },
              file: file.name)
            // Agreement, mismatch and bad input are all fine; it must come to one of them.
            do { try list.check(&current) } catch { #expect(!error.description.isEmpty) }
          }
        }
      }
    }
  }

  @Test(arguments: [
    ("delays.json", "snrDb", 1e300, "snrDb: no radio hears 1e+300 dB"),
    ("delays.json", "snrDb", -1e300, "snrDb: no radio hears -1e+300 dB"),
    ("delays.json", "snrDb", 0x1p63, "snrDb: no radio hears 9.223372036854776e+18 dB"),
    ("delays.json", "preambleSymbols", 65_536, "preambleSymbols is 65536 symbols; use 1…65535"),
    ("delays.json", "bytes", 256, "bytes: a frame has 0…255 bytes"),
    ("forwarding.json", "steps.0.snr", 1e300, "steps.0.snr: no radio hears 1e+300 dB"),
    ("forwarding.json", "node.radio.bw", 1e300, "node.radio.bw: use 7.8, 10.4"),
    ("trace.json", "steps.0.snr", -1e300, "steps.0.snr: no radio hears -1e+300 dB"),
    ("airtime.json", "preambleSymbols", 0, "preambleSymbols is 0 symbols; use 1…65535"),
  ])
  func `what no radio can have is bad input, with its place`(
    name: String, path: String, number: Double, reason: String
  ) throws {
    let file = try #require(try VectorFolder.files().first { $0.name == name })
    let altered = Alteration.of(
      file.root, at: ["cases", "0"] + path.split(separator: ".").map(String.init)[...]
    ) { _ in .double(number) }
    let text = Array(altered.serialized().utf8)
    let report = ConformanceSuite.meshcore.check(file: name, bytes: text)
    #expect(report.hasBadInput)
    let problem = try #require(report.problems.first?.description)
    #expect(problem.hasPrefix("\(name): ") && problem.contains(": line 1, column "), "\(problem)")
    #expect(problem.contains(reason), "\(problem)")
    #expect(report.failed == 1)
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

/// Puts another value in a value's place.
enum Alteration {
  /// The value in which something else stands at a path: without `change`, another of its kind.
  static func of(
    _ value: JSONValue, at path: ArraySlice<String>,
    change: (JSONValue) -> JSONValue = other
  ) -> JSONValue {
    guard let name = path.first else { return change(value) }
    if var elements = value.array, let index = Int(name), elements.indices.contains(index) {
      elements[index] = of(elements[index], at: path.dropFirst(), change: change)
      return .array(elements)
    }
    var object = value.object ?? JSONObject()
    object[name] = of(object[name] ?? .null, at: path.dropFirst(), change: change)
    return .object(object)
  }

  /// Where the numbers in a value stand.
  static func numbers(in value: JSONValue) -> [[String]] {
    switch value.content {
    case .number: [[]]
    case .array(let elements):
      elements.enumerated().flatMap { place in
        numbers(in: place.element).map { ["\(place.offset)"] + $0 }
      }
    case .object(let object):
      object.names.flatMap { name in numbers(in: object[name] ?? .null).map { [name] + $0 } }
    case .null, .bool, .string: []
    }
  }

  static func other(than value: JSONValue) -> JSONValue {
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
