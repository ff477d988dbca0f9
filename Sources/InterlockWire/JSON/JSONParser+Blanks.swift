// What stands between values.
extension JSONParser {
  /// Passes over white space and, in JSON5, comments.
  mutating func skipBlanks() throws(JSONError) {
    while let byte = peek() {
      switch byte {
      case 0x20, 0x0A, 0x0D, 0x09: index += 1
      case UInt8(ascii: "/") where dialect == .json5: try skipComment()
      case 0x0B, 0x0C:
        guard dialect == .json5 else { return }
        index += 1
      case 0x80...:
        guard dialect == .json5, let (scalar, length) = scalar(at: index), Self.isBlank(scalar)
        else { return }
        index += length
      default: return
      }
    }
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{FEFF}", "\u{2028}", "\u{2029}": true
    default: scalar.properties.generalCategory == .spaceSeparator
    }
  }

  private mutating func skipComment() throws(JSONError) {
    let start = index
    switch peek(1) {
    case UInt8(ascii: "/"):
      while let byte = peek(), byte != 0x0A, byte != 0x0D { index += 1 }
    case UInt8(ascii: "*"):
      index += 2
      while peek() != nil {
        if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
          index += 2
          return
        }
        index += 1
      }
      throw fail("the comment that begins here does not end", at: start)
    default: throw fail("a comment begins with // or /*, not with a single /")
    }
  }
}
