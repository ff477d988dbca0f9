// Quoted text and bare names.
extension JSONParser {
  /// Reads text from its opening to its closing quote.
  mutating func string() throws(JSONError) -> String {
    let opening = index
    let quote = bytes[index]
    index += 1
    // Most text has no escapes and is taken in one piece.
    var pending = index
    var text = ""
    while let byte = peek() {
      switch byte {
      case quote:
        text += String(decoding: bytes[pending..<index], as: UTF8.self)
        index += 1
        return text
      case UInt8(ascii: "\\"):
        text += String(decoding: bytes[pending..<index], as: UTF8.self)
        try escape(into: &text)
        pending = index
      case 0..<0x20 where dialect == .strict || byte == 0x0A || byte == 0x0D:
        throw fail(
          byte == 0x0A || byte == 0x0D
            ? "the text that began at \(position(of: opening)) does not end in its line"
            : "inside text, \(described(at: index)) must be written as an escape")
      default: index += 1
      }
    }
    throw fail("the text that begins here does not end", at: opening)
  }

  private mutating func escape(into text: inout String) throws(JSONError) {
    let start = index
    index += 1
    guard let (scalar, length) = scalar(at: index) else {
      throw fail("the text ends inside an escape")
    }
    index += length
    switch scalar {
    case "\"", "\\", "/": text.unicodeScalars.append(scalar)
    case "b": text += "\u{8}"
    case "f": text += "\u{c}"
    case "n": text += "\n"
    case "r": text += "\r"
    case "t": text += "\t"
    case "u": text.unicodeScalars.append(try unicodeEscape(from: start))
    default:
      guard dialect == .json5 else {
        throw fail("“\\\(scalar)” is no escape of JSON", at: start)
      }
      try extendedEscape(scalar, from: start, into: &text)
    }
  }

  /// The escapes that only JSON5 has.
  private mutating func extendedEscape(
    _ scalar: Unicode.Scalar, from start: Int, into text: inout String
  ) throws(JSONError) {
    switch scalar {
    case "v": text += "\u{b}"
    case "0":
      if let next = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) {
        throw fail("a digit may not follow “\\0”", at: start)
      }
      text += "\0"
    case "1"..."9": throw fail("“\\\(scalar)” is no escape of JSON5", at: start)
    case "x":
      let value = try hexadecimalDigits(2, from: start)
      text.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: value)))
    case "\r": _ = take("\n")  // a line that goes on; the break is no part of the text
    case "\n", "\u{2028}", "\u{2029}": break
    default: text.unicodeScalars.append(scalar)
    }
  }

  /// Reads what follows `\u`: four digits, or eight for a surrogate pair.
  private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
    let first = try hexadecimalDigits(4, from: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    let isHigh = first < 0xDC00
    if isHigh, peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") {
      index += 2
      let second = try hexadecimalDigits(4, from: start)
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    throw fail("half of a surrogate pair stands alone here", at: start)
  }

  private mutating func hexadecimalDigits(
    _ count: Int, from start: Int
  ) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = peek().flatMap(Self.hexadecimalValue) else {
        throw fail("this escape needs \(count) hexadecimal digits", at: start)
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Reads a bare name (JSON5 only): what ECMAScript 5.1 calls an identifier.
  mutating func identifier() throws(JSONError) -> String {
    var name = ""
    let begin = index
    while let (scalar, length) = scalar(at: index) {
      let start = index
      var character = scalar
      index += length
      if scalar == "\\" {
        guard take("u") else { throw fail("only \\u escapes may stand in a name", at: start) }
        character = try unicodeEscape(from: start)
      }
      let isFirst = name.isEmpty
      let fits =
        character == "$" || character == "_"
        || (isFirst ? character.properties.isIDStart : character.properties.isIDContinue)
        || (!isFirst && (character == "\u{200C}" || character == "\u{200D}"))
      guard fits else {
        guard scalar != "\\" else { throw fail("this character cannot stand in a name", at: start) }
        index = start
        break
      }
      name.unicodeScalars.append(character)
    }
    guard !name.isEmpty else {
      throw fail("a name should stand here, not \(described(at: begin))", at: begin)
    }
    return name
  }
}
