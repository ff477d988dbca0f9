/// One thing that happened: a message that is always the same words, and fields that differ.
package struct LogRecord: Sendable {
  /// A field's value.
  package enum Value: Sendable, Hashable {
    /// Text.
    case text(String)
    /// A whole number.
    case integer(Int64)
    /// A number.
    case number(Double)
    /// Yes or no.
    case flag(Bool)
  }

  /// A named value; the name is lower-case ASCII with underscores.
  package struct Field: Sendable, Hashable {
    /// What it is, with its unit: `airtime_ms`.
    package var name: String
    /// The value.
    package var value: Value

    /// Makes a field.
    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// How a line is written.
  package enum Style: Sendable {
    /// `2026-11-20T09:15:02.041Z info message key=value key="two words"`.
    case text
    /// One JSON object a line.
    case json
  }

  /// How much it matters.
  package var level: LogLevel
  /// What happened.
  package var message: String
  /// The particulars.
  package var fields: [Field]
  /// When, for people.
  package var time: Timestamp

  /// Makes a record.
  package init(
    _ level: LogLevel, _ message: String, _ fields: [Field] = [], at time: Timestamp = .now
  ) {
    self.level = level
    self.message = message
    self.fields = fields
    self.time = time
  }

  /// The record as one line, with its line feed.
  ///
  /// Nothing in it can start another line: control characters are escaped.
  package func line(_ style: Style) -> String {
    switch style {
    case .text:
      let parts = fields.map { " \($0.name)=\(Self.text($0.value))" }
      return "\(time) \(level.name) \(Self.escaped(message, quotes: false))\(parts.joined())\n"
    case .json:
      let head = [
        ("time", Value.text(time.description)), ("level", .text(level.name)),
        ("message", .text(message)),
      ]
      let all = head + fields.map { ($0.name, $0.value) }
      let members = all.map { "\(Self.quoted($0)):\(Self.json($1))" }
      return "{\(members.joined(separator: ","))}\n"
    }
  }

  private static func text(_ value: Value) -> String {
    switch value {
    case .integer(let value): return String(value)
    case .number(let value): return String(value)
    case .flag(let value): return String(value)
    case .text(let text):
      let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x7F }
      return isPlain && !text.isEmpty ? text : quoted(text)
    }
  }

  private static func json(_ value: Value) -> String {
    switch value {
    case .integer(let value): String(value)
    // JSON has no infinities.
    case .number(let value): value.isFinite ? String(value) : "null"
    case .flag(let value): String(value)
    case .text(let text): quoted(text)
    }
  }

  private static func quoted(_ text: String) -> String {
    "\"\(escaped(text, quotes: true))\""
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\"" where quotes: result += "\\\""
      case "\\" where quotes: result += "\\\\"
      case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
