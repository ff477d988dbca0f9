internal import InterlockWire

/// One option of a command: its name, what its value means, and how the value is read.
///
/// The help text, the parser and the command all use this one declaration.
package struct Option<Value: Sendable>: Sendable {
  /// With its dashes: `--sf`.
  package let name: String
  /// What stands for the value in the help text; nil for an option that takes none.
  package let placeholder: String?
  package let meaning: String
  /// Whether errors leave out what was given.
  package var isSecret = false
  package let read: @Sendable (String) throws(OptionProblem) -> Value

  /// An option that reads its value with `read`.
  package init(
    name: String, placeholder: String?, meaning: String, isSecret: Bool = false,
    read: @escaping @Sendable (String) throws(OptionProblem) -> Value
  ) {
    self.name = name
    self.placeholder = placeholder
    self.meaning = meaning
    self.isSecret = isSecret
    self.read = read
  }
}

/// Why a value does not suit its option.
package struct OptionProblem: Error, Sendable, Hashable {
  /// What would suit: `must be …`.
  package let expected: String

  /// A value does not suit; `expected` does.
  package init(expected: String) { self.expected = expected }
}

/// An option with a value that is in force when it is not given.
package struct DefaultedOption<Value: Sendable>: Sendable {
  package let option: Option<Value>
  package let fallback: Value
  package let fallbackText: String
}

extension Option {
  /// The same option with a value for when it is not given.
  package func defaulting(to value: Value, shown text: String? = nil) -> DefaultedOption<Value> {
    DefaultedOption(option: self, fallback: value, fallbackText: text ?? "\(value)")
  }
}

extension Option where Value == Bool {
  /// An option that is there or not.
  package static func flag(_ name: String, _ meaning: String) -> Option {
    Option(name: name, placeholder: nil, meaning: meaning) { _ in true }
  }
}

extension Option where Value == String {
  /// Any text.
  package static func text(_ name: String, _ placeholder: String, _ meaning: String) -> Option {
    Option(name: name, placeholder: placeholder, meaning: meaning) { $0 }
  }

  /// One of a few words.
  package static func word(_ name: String, _ words: [String], _ meaning: String) -> Option {
    Option(name: name, placeholder: words.joined(separator: "|"), meaning: meaning) {
      text throws(OptionProblem) in
      guard words.contains(text) else {
        throw OptionProblem(expected: "must be one of \(words.joined(separator: ", "))")
      }
      return text
    }
  }
}

extension Option where Value == Int {
  /// A whole number in a range.
  package static func integer(
    _ name: String, _ placeholder: String, _ range: ClosedRange<Int>, _ meaning: String
  ) -> Option {
    Option(name: name, placeholder: placeholder, meaning: meaning) {
      text throws(OptionProblem) in
      guard let value = Int(text), range.contains(value) else {
        throw OptionProblem(
          expected: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }
}

extension Option where Value == Double {
  /// A number in a range.
  package static func number(
    _ name: String, _ placeholder: String, _ range: ClosedRange<Double>, _ meaning: String
  ) -> Option {
    Option(name: name, placeholder: placeholder, meaning: meaning) {
      text throws(OptionProblem) in
      guard let value = Double(text), range.contains(value) else {
        throw OptionProblem(
          expected: "must be a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }
}

extension Option where Value == Duration {
  /// A duration such as `250ms`, `1.5s`, `30s`, `5m`, `1h`; a bare number is seconds.
  package static func duration(_ name: String, _ meaning: String) -> Option {
    Option(name: name, placeholder: "D", meaning: meaning) { text throws(OptionProblem) in
      guard let value = Duration(notation: text) else {
        throw OptionProblem(expected: "must be a duration such as 250ms, 1.5s, 30s, 5m or 1h")
      }
      return value
    }
  }
}

extension Option where Value == [UInt8] {
  /// Bytes in hexadecimal, of one of the given lengths.
  package static func hex(
    _ name: String, _ placeholder: String, bytes lengths: [Int], _ meaning: String
  ) -> Option {
    Option(name: name, placeholder: placeholder, meaning: meaning) {
      text throws(OptionProblem) in
      guard let bytes = Hex.decode(text), lengths.contains(bytes.count) else {
        let sizes = lengths.map(String.init).joined(separator: " or ")
        throw OptionProblem(expected: "must be \(sizes) bytes in hexadecimal")
      }
      return bytes
    }
  }
}
