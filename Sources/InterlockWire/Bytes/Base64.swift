/// Base64 text of bytes (RFC 4648, section 4): the standard alphabet, padded to groups of four.
public enum Base64 {
  /// The bytes `text` spells; nil for anything but the one way there is to spell them.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let characters = text.utf8
    let digits = characters.prefix { $0 != padding }
    let missing = characters.count - digits.count
    guard characters.count.isMultiple(of: 4), missing <= 2,
      characters.suffix(missing).allSatisfy({ $0 == padding })
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count * 3 / 4)
    var bits: UInt32 = 0
    var bitCount = 0
    for character in digits {
      guard let value = value(of: character) else { return nil }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      guard bitCount >= 8 else { continue }
      bitCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
      bits &= (1 << bitCount) - 1
    }
    return bits == 0 ? bytes : nil
  }

  private static let padding = UInt8(ascii: "=")

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
