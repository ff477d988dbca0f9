extension JSONValue {
  /// In which order an object's members are written.
  public enum MemberOrder: Sendable, Hashable {
    /// As they stand in the object.
    case asWritten
    /// By the bytes of their names, so that equal values give equal texts.
    case sorted
  }

  /// The value as one line of strict JSON, without blanks and without a line end.
  ///
  /// Infinity and NaN, which JSON cannot say, are written as null.
  ///
  /// - Returns: The text; parsing it gives an equal value.
  public func serialized(members order: MemberOrder = .asWritten) -> String {
    var text: [UInt8] = []
    write(to: &text, order)
    return String(decoding: text, as: UTF8.self)
  }

  private func write(to text: inout [UInt8], _ order: MemberOrder) {
    switch content {
    case .null: text.append(contentsOf: "null".utf8)
    case .bool(let value): text.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(.double(let value)) where !value.isFinite: text.append(contentsOf: "null".utf8)
    case .number(let number): text.append(contentsOf: number.description.utf8)
    case .string(let string): Self.write(string, to: &text)
    case .array(let elements):
      text.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        element.write(to: &text, order)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let object):
      text.append(UInt8(ascii: "{"))
      for (index, member) in object.members(in: order).enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        Self.write(member.name, to: &text)
        text.append(UInt8(ascii: ":"))
        member.value.write(to: &text, order)
      }
      text.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ string: String, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(contentsOf: [0x5C, byte])
      case 0x08: text.append(contentsOf: "\\b".utf8)
      case 0x0C: text.append(contentsOf: "\\f".utf8)
      case 0x0A: text.append(contentsOf: "\\n".utf8)
      case 0x0D: text.append(contentsOf: "\\r".utf8)
      case 0x09: text.append(contentsOf: "\\t".utf8)
      // Other controls, and DEL for the sake of terminals.
      case 0..<0x20, 0x7F: text.append(contentsOf: "\\u00\(Hex.encode([byte]))".utf8)
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as JSON.
  public var description: String { serialized() }
}

extension JSONObject {
  fileprivate func members(in order: JSONValue.MemberOrder) -> [Member] {
    switch order {
    case .asWritten: members
    case .sorted: members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
  }
}
