package import InterlockWire

/// What a command found out, once for people and once for programs.
///
/// Each fact has a stable name, a value, and the words a person reads; both forms come from one list,
/// so neither can know something the other does not.
package struct Report: Sendable, Hashable {
  private struct Fact: Sendable, Hashable {
    let name: String
    let value: JSONValue
    /// The words, or the facts inside this one.
    let text: String?
    let inner: [Report]
  }

  private var facts: [Fact] = []

  /// Nothing yet.
  package init() {}

  /// Adds a fact; without words the value speaks for itself.
  package mutating func add(_ name: String, _ value: JSONValue, _ text: String? = nil) {
    facts.append(Fact(name: name, value: value, text: text ?? Self.plain(value), inner: []))
  }

  /// Adds a group of facts.
  package mutating func add(_ name: String, _ inner: Report) {
    facts.append(Fact(name: name, value: inner.json, text: nil, inner: [inner]))
  }

  /// Adds a list of groups.
  package mutating func add(_ name: String, _ list: [Report]) {
    facts.append(Fact(name: name, value: .array(list.map(\.json)), text: nil, inner: list))
  }

  /// One object with every fact by its name.
  package var json: JSONValue {
    var object = JSONObject()
    for fact in facts { object[fact.name] = fact.value }
    return .object(object)
  }

  /// A line a fact, aligned, groups indented.
  package var lines: [String] { lines(indent: "") }

  private func lines(indent: String) -> [String] {
    let width = (facts.filter { $0.text != nil }.map { Self.label($0.name).count }.max() ?? 0) + 2
    return facts.flatMap { fact -> [String] in
      let label = Self.label(fact.name)
      guard let text = fact.text else {
        return fact.inner.flatMap { ["\(indent)\(label)"] + $0.lines(indent: indent + "  ") }
      }
      let padding = String(repeating: " ", count: max(1, width - label.count))
      return ["\(indent)\(label)\(padding)\(text)"]
    }
  }

  /// The name without the unit that a program needs and a person reads in the text.
  private static func label(_ name: String) -> String {
    let words = name.split(separator: "_")
    let hasUnit = words.count > 1 && ["hz", "us", "ms", "dbm", "db"].contains(words.last ?? "")
    return (hasUnit ? words.dropLast() : words).joined(separator: " ")
  }

  private static func plain(_ value: JSONValue) -> String {
    value.string ?? value.array.map { $0.map(plain).joined(separator: " ") } ?? value.serialized()
  }
}

extension Console {
  /// Prints a report in the form asked for.
  package func print(_ report: Report, asJSON: Bool) throws(OutputError) {
    guard !asJSON else { return try print(report.json.serialized()) }
    for line in report.lines { try print(line) }
  }
}
