/// Reads one JSON value from the whole of a text.
///
/// Refuses what is ambiguous: names that appear twice, text that is not UTF-8, halves of surrogate
/// pairs, numbers beyond a double, and anything after the value.
struct JSONParser {
  let bytes: [UInt8]
  let dialect: JSONDialect
  let limits: JSONLimits
  /// The next byte to read.
  var index = 0

  private var depth = 0
  // Positions are asked for in rising order, so counting goes on from the last one.
  private var counted = JSONPosition(line: 1, column: 1, offset: 0)

  init(_ bytes: [UInt8], dialect: JSONDialect, limits: JSONLimits) {
    self.bytes = bytes
    self.dialect = dialect
    self.limits = limits
  }

  mutating func parse() throws(JSONError) -> JSONValue {
    guard bytes.count <= limits.bytes else {
      throw JSONError(
        "the text has \(bytes.count) bytes; at most \(limits.bytes) are read", at: nil)
    }
    do { _ = try UTF8Span(validating: bytes.span) } catch {
      throw fail("the text is not UTF-8 from here on", at: error.byteOffsets.lowerBound)
    }
    try skipBlanks()
    let value = try value()
    try skipBlanks()
    guard index == bytes.count else {
      throw fail("only blanks may follow the value, not \(described(at: index))")
    }
    return value
  }

  // MARK: Values

  private mutating func value() throws(JSONError) -> JSONValue {
    guard let byte = peek() else { throw fail("the text ends where a value should begin") }
    let start = position(of: index)
    switch byte {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
    case UInt8(ascii: "\""): return JSONValue(.string(try string()), at: start)
    case UInt8(ascii: "'") where dialect == .json5:
      return JSONValue(.string(try string()), at: start)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      return JSONValue(.number(try number()), at: start)
    case UInt8(ascii: "+") where dialect == .json5, UInt8(ascii: ".") where dialect == .json5:
      return JSONValue(.number(try number()), at: start)
    default: return JSONValue(try word(), at: start)
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONError) -> JSONValue.Content
  ) throws(JSONError) -> JSONValue {
    let start = position(of: index)
    guard depth < limits.depth else {
      throw fail("arrays and objects are nested more than \(limits.depth) deep")
    }
    depth += 1
    defer { depth -= 1 }
    index += 1
    return JSONValue(try body(&self), at: start)
  }

  private mutating func array() throws(JSONError) -> JSONValue.Content {
    var elements: [JSONValue] = []
    try skipBlanks()
    if take("]") { return .array(elements) }
    while true {
      elements.append(try value())
      try skipBlanks()
      if take("]") { return .array(elements) }
      guard take(",") else {
        throw fail("an array goes on with a comma or ends with ], not \(described(at: index))")
      }
      try skipBlanks()
      if dialect == .json5, take("]") { return .array(elements) }
    }
  }

  private mutating func object() throws(JSONError) -> JSONValue.Content {
    var object = JSONObject()
    try skipBlanks()
    if take("}") { return .object(object) }
    while true {
      let start = position(of: index)
      let name = try name()
      if let first = object.member(name)?.position {
        throw JSONError("“\(name)” stands here again, after \(first)", at: start)
      }
      try skipBlanks()
      guard take(":") else {
        throw fail("a colon must follow the name “\(name)”, not \(described(at: index))")
      }
      try skipBlanks()
      object.append(name, try value(), at: start)
      try skipBlanks()
      if take("}") { return .object(object) }
      guard take(",") else {
        throw fail("an object goes on with a comma or ends with }, not \(described(at: index))")
      }
      try skipBlanks()
      if dialect == .json5, take("}") { return .object(object) }
    }
  }

  private mutating func name() throws(JSONError) -> String {
    switch peek() {
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "'") where dialect == .json5: return try string()
    default:
      guard dialect == .json5 else {
        throw fail("a name in double quotes should stand here, not \(described(at: index))")
      }
      return try identifier()
    }
  }

  private mutating func word() throws(JSONError) -> JSONValue.Content {
    let words: [(String, JSONValue.Content)] = [
      ("true", .bool(true)), ("false", .bool(false)), ("null", .null),
    ]
    for (word, content) in words where takeWord(word) { return content }
    if dialect == .json5 {
      if takeWord("Infinity") { return .number(.double(.infinity)) }
      if takeWord("NaN") { return .number(.double(.nan)) }
    }
    throw fail("a value should stand here, not \(described(at: index))")
  }

  // MARK: Bytes

  func peek(_ ahead: Int = 0) -> UInt8? {
    index + ahead < bytes.count ? bytes[index + ahead] : nil
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// Takes `word` unless it goes on as a longer one.
  mutating func takeWord(_ word: String) -> Bool {
    guard bytes[index...].starts(with: word.utf8) else { return false }
    let end = index + word.utf8.count
    if end < bytes.count, Self.isASCIIWordByte(bytes[end]) { return false }
    index = end
    return true
  }

  static func isASCIIWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
      true
    default: false
    }
  }

  /// The character at `offset`, which the text is known to have whole.
  func scalar(at offset: Int) -> (Unicode.Scalar, length: Int)? {
    guard offset < bytes.count else { return nil }
    var decoder = UTF8()
    var iterator = bytes[offset...].makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return (scalar, UTF8.width(scalar))
  }

  // MARK: Errors

  mutating func position(of offset: Int) -> JSONPosition {
    if offset < counted.offset { counted = JSONPosition(line: 1, column: 1, offset: 0) }
    while counted.offset < min(offset, bytes.count) {
      let byte = bytes[counted.offset]
      let isCRLF =
        byte == UInt8(ascii: "\r") && counted.offset + 1 < bytes.count
        && bytes[counted.offset + 1] == UInt8(ascii: "\n")
      if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && !isCRLF) {
        counted.line += 1
        counted.column = 1
      } else if byte & 0xC0 != 0x80 {
        counted.column += 1
      }
      counted.offset += 1
    }
    return counted
  }

  mutating func fail(_ problem: String, at offset: Int? = nil) -> JSONError {
    JSONError(problem, at: position(of: offset ?? index))
  }

  /// What stands at `offset`, in the words of an error message.
  func described(at offset: Int) -> String {
    guard let (scalar, _) = scalar(at: offset) else { return "the end of the text" }
    if scalar.value < 0x20 || scalar.value == 0x7F || scalar.properties.isWhitespace {
      return "the character U+" + Self.hexadecimal(scalar.value)
    }
    return "“\(scalar)”"
  }

  static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }
}

extension JSONValue {
  /// Reads one value from the whole of `text`.
  ///
  /// - Throws: What is wrong with the text, with its line and column.
  /// - Complexity: O(n); the call stack grows with the nesting, up to the limit.
  public init(
    parsing text: [UInt8], as dialect: JSONDialect = .strict, limits: JSONLimits = JSONLimits()
  ) throws(JSONError) {
    var parser = JSONParser(text, dialect: dialect, limits: limits)
    self = try parser.parse()
  }

  /// Reads one value from the whole of `text`.
  ///
  /// - Throws: What is wrong with the text, with its line and column.
  public init(
    parsing text: String, as dialect: JSONDialect = .strict, limits: JSONLimits = JSONLimits()
  ) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), as: dialect, limits: limits)
  }
}
