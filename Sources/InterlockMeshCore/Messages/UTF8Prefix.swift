/// Cuts text to a number of bytes without cutting a character.
enum UTF8Prefix {
  /// The longest run of whole Unicode scalars from the start of `text` that fits `limit` bytes.
  static func of(_ text: String, atMost limit: Int) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.count > limit else { return bytes }
    var end = max(0, limit)
    // A byte 10xxxxxx continues a scalar that would be cut.
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(bytes[..<end])
  }
}
