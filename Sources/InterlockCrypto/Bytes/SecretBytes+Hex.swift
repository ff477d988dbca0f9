// Text forms of secrets, made in place so that no copy is left behind.

extension SecretBytes {
  /// The bytes that hexadecimal text spells, in either case; nil when it is anything else.
  public convenience init?(hexadecimal text: Span<UInt8>) {
    guard text.count.isMultiple(of: 2) else { return nil }
    var isText = true
    unsafe self.init(count: text.count / 2) { target in
      for index in 0..<text.count / 2 {
        let high = Self.value(of: text[2 * index])
        let low = Self.value(of: text[2 * index + 1])
        unsafe target[index] = (high ?? 0) << 4 | (low ?? 0)
        if high == nil || low == nil { isText = false }
      }
    }
    if !isText { return nil }
  }

  /// The lower-case hexadecimal text of the bytes, as ASCII, kept as secret as they are.
  public func hexadecimal() -> SecretBytes {
    withSpan { bytes in
      unsafe SecretBytes(count: 2 * bytes.count) { target in
        for index in bytes.indices {
          unsafe target[2 * index] = Self.digit(bytes[index] >> 4)
          unsafe target[2 * index + 1] = Self.digit(bytes[index] & 15)
        }
      }
    }
  }

  private static func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
