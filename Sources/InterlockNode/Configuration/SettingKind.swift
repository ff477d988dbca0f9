internal import InterlockWire

/// How one kind of value is written in a configuration: what suits, how it is read and written.
package struct SettingKind<Value: Sendable>: Sendable {
  /// What suits, with range and unit, as documents and errors say it: `a whole number, 0…64`.
  package let range: String
  /// The value a text means; throws what is wrong with it.
  let read: @Sendable (JSONValue) throws(SettingProblem) -> Value
  /// How the value is written; `null` for one that is not set.
  let write: @Sendable (Value) -> JSONValue
  /// The same without secrets, where there are any inside.
  var show: (@Sendable (Value) -> JSONValue)?
  /// The options of each item, for a kind that is a list of objects.
  var items: [SettingDescription] = []
}

extension SettingKind where Value == Int {
  /// A whole number in a range.
  package static func integer(_ range: ClosedRange<Int>, unit: String = "") -> SettingKind {
    let text = "a whole number, \(range.lowerBound)…\(range.upperBound)\(unit)"
    return SettingKind(range: text) { node throws(SettingProblem) in
      guard let value = node.number?.exactly(Int.self), range.contains(value)
      else { throw SettingProblem(node, "must be \(text)") }
      return value
    } write: {
      .integer($0)
    }
  }
}

extension SettingKind where Value == Double {
  /// A number in a range; what is not a number is refused.
  package static func number(_ range: ClosedRange<Double>, unit: String = "") -> SettingKind {
    let text = "a number, \(Self.short(range.lowerBound))…\(Self.short(range.upperBound))\(unit)"
    return SettingKind(range: text) { node throws(SettingProblem) in
      // A comparison with NaN is false, so NaN is never in the range.
      guard let value = node.number?.double, range.contains(value) else {
        throw SettingProblem(node, "must be \(text)")
      }
      return value
    } write: {
      .double($0)
    }
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}

extension SettingKind where Value == Bool {
  /// `true` or `false`.
  package static var boolean: SettingKind {
    SettingKind(range: "true or false") { node throws(SettingProblem) in
      guard let value = node.bool else {
        throw SettingProblem(node, "must be true or false")
      }
      return value
    } write: {
      .bool($0)
    }
  }
}

extension SettingKind where Value == String {
  /// Text of so many bytes of UTF-8, without control characters.
  package static func text(_ range: ClosedRange<Int>) -> SettingKind {
    let text =
      range.lowerBound == 0
      ? "text of at most \(range.upperBound) bytes"
      : "text of \(range.lowerBound)…\(range.upperBound) bytes"
    return SettingKind(range: text) { node throws(SettingProblem) in
      guard let value = node.string else { throw SettingProblem(node, "must be \(text)") }
      guard range.contains(value.utf8.count) else {
        throw SettingProblem(node, "must be \(text), this has \(value.utf8.count)")
      }
      guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
        throw SettingProblem(node, "must hold no control characters")
      }
      return value
    } write: {
      .string($0)
    }
  }
}

extension SettingKind where Value == String {
  /// One of a few words.
  package static func word(of words: [String]) -> SettingKind {
    let text = words.map { "\"\($0)\"" }.joined(separator: ", ")
    return SettingKind(range: "one of \(text)") { node throws(SettingProblem) in
      guard let word = node.string else {
        throw SettingProblem(node, "must be one of \(text)")
      }
      guard words.contains(word) else {
        let hint = NearestName.of(word, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
        throw SettingProblem(node, "must be one of \(text)\(hint)")
      }
      return word
    } write: {
      .string($0)
    }
  }
}

extension SettingKind
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the type's words.
  package static var word: SettingKind {
    let words = SettingKind<String>.word(of: Value.allCases.map(\.rawValue))
    return SettingKind(range: words.range) { node throws(SettingProblem) in
      guard let value = Value(rawValue: try words.read(node)) else {
        throw SettingProblem(node, "must be \(words.range)")
      }
      return value
    } write: {
      .string($0.rawValue)
    }
  }
}

extension SettingKind where Value == Duration {
  /// A duration in a range: `"250ms"`, `"1.5s"`, `"5m"`, `"1h"`, or a number of seconds.
  ///
  /// With `orZero` 0 suits too, whatever the range: it means off.
  package static func duration(
    _ range: ClosedRange<Duration>, orZero: Bool = false
  ) -> SettingKind {
    let text =
      "a duration, \(orZero ? "0 or " : "")\(range.lowerBound.notation)…"
      + "\(range.upperBound.notation)"
    return SettingKind(range: text) { node throws(SettingProblem) in
      let value =
        node.string.flatMap(Duration.init(notation:)) ?? node.number.flatMap { seconds($0.double) }
      guard let duration = value, range.contains(duration) || orZero && duration == .zero
      else { throw SettingProblem(node, "must be \(text)") }
      return duration
    } write: {
      .string($0.notation)
    }
  }

  private static func seconds(_ number: Double) -> Duration? {
    guard number >= 0, number < 4_000_000_000 else { return nil }
    return .nanoseconds(Int64((number * 1_000_000_000).rounded()))
  }
}

extension SettingKind where Value == [UInt8] {
  /// Bytes in hexadecimal, of one of the given lengths.
  package static func hex(bytes lengths: [Int]) -> SettingKind {
    let text = "\(lengths.map(String.init).joined(separator: " or ")) bytes in hexadecimal"
    return SettingKind(range: text) { node throws(SettingProblem) in
      guard let bytes = node.string.flatMap({ Hex.decode($0) }),
        lengths.contains(bytes.count)
      else { throw SettingProblem(node, "must be \(text)") }
      return bytes
    } write: {
      .string(Hex.encode($0))
    }
  }
}

extension SettingKind {
  /// The same kind, or `null` for none.
  package var orNull: SettingKind<Value?> {
    let read = read
    let write = write
    return SettingKind<Value?>(
      range: "\(range), or null",
      read: { node throws(SettingProblem) in
        node.isNull ? nil : try read(node)
      }, write: { $0.map(write) ?? .null }, items: items)
  }

  /// A list of such values.
  package func list(atMost capacity: Int) -> SettingKind<[Value]> {
    let text = "a list of at most \(capacity): \(range)"
    let read = read
    let write = write
    return SettingKind<[Value]>(range: text) { node throws(SettingProblem) in
      guard let items = node.array, items.count <= capacity else {
        throw SettingProblem(node, "must be \(text)")
      }
      var values: [Value] = []
      for item in items { values.append(try read(item)) }
      return values
    } write: {
      .array($0.map(write))
    }
  }

  /// The same kind under a further rule, given as what a value that breaks it must be.
  package func checked(
    _ problem: @escaping @Sendable (Value) -> String?
  ) -> SettingKind {
    let read = read
    return SettingKind(
      range: range,
      read: { node throws(SettingProblem) in
        let value = try read(node)
        if let problem = problem(value) { throw SettingProblem(node, problem) }
        return value
      }, write: write, items: items)
  }

  /// Another type, written as this one.
  package func mapped<Other: Sendable>(
    _ make: @escaping @Sendable (Value) -> Other, back: @escaping @Sendable (Other) -> Value
  ) -> SettingKind<Other> {
    let read = read
    let write = write
    return SettingKind<Other>(
      range: range, read: { node throws(SettingProblem) in make(try read(node)) },
      write: { write(back($0)) }, items: items)
  }
}
