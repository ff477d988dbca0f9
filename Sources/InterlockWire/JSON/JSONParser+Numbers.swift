// Numbers.
extension JSONParser {
  mutating func number() throws(JSONError) -> JSONNumber {
    let start = index
    let isNegative = take("-")
    if !isNegative, dialect == .json5 { _ = take("+") }
    if dialect == .json5 {
      if takeWord("Infinity") { return .double(isNegative ? -.infinity : .infinity) }
      if takeWord("NaN") { return .double(.nan) }
      if peek() == UInt8(ascii: "0"), peek(1) == UInt8(ascii: "x") || peek(1) == UInt8(ascii: "X") {
        return try hexadecimalNumber(isNegative: isNegative, from: start)
      }
    }
    let digits = index
    let whole = takeDigits()
    if whole > 1, bytes[digits] == UInt8(ascii: "0") {
      throw fail("a number may not begin with a zero that means nothing", at: start)
    }
    var isWhole = true
    var fraction = 0
    if take(".") {
      isWhole = false
      fraction = takeDigits()
      if dialect == .strict, fraction == 0 {
        throw fail("a digit must follow the decimal point, not \(described(at: index))")
      }
    }
    if whole == 0, dialect == .strict || fraction == 0 {
      throw fail("a number needs a digit here, not \(described(at: index))")
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("-") { _ = take("+") }
      if takeDigits() == 0 {
        throw fail("an exponent needs a digit here, not \(described(at: index))")
      }
    }
    try refuseTail(from: start)
    return try value(from: start, isWhole: isWhole)
  }

  private mutating func value(from start: Int, isWhole: Bool) throws(JSONError) -> JSONNumber {
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, text != "-0" {
      if let exact = Int64(text) { return .integer(exact) }
      if let exact = UInt64(text) { return .unsigned(exact) }
    }
    guard let double = Double(text), double.isFinite else {
      throw fail("the number is beyond what 64-bit floating point can hold", at: start)
    }
    return .double(double)
  }

  private mutating func hexadecimalNumber(
    isNegative: Bool, from start: Int
  ) throws(JSONError) -> JSONNumber {
    index += 2
    var value: UInt64 = 0
    var count = 0
    while let digit = peek().flatMap(Self.hexadecimalValue) {
      guard value >> 60 == 0 else {
        throw fail("a hexadecimal number has at most 64 bits", at: start)
      }
      value = value << 4 | UInt64(digit)
      count += 1
      index += 1
    }
    guard count > 0 else {
      throw fail("a hexadecimal digit should stand here, not \(described(at: index))")
    }
    try refuseTail(from: start)
    guard isNegative else { return JSONNumber(value) }
    guard let negated = Int64(exactly: -Int128(value)) else {
      throw fail("a negative whole number has at most 64 bits", at: start)
    }
    return .integer(negated)
  }

  private mutating func takeDigits() -> Int {
    let start = index
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    return index - start
  }

  /// A letter straight after a number is a slip, not the next thing.
  private mutating func refuseTail(from start: Int) throws(JSONError) {
    if let byte = peek(), Self.isASCIIWordByte(byte) || byte == UInt8(ascii: ".") {
      throw fail("\(described(at: index)) cannot stand in a number")
    }
  }
}
