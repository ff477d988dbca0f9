/// Names that a person gave, as they stand in a schedule: what has a meaning there is written as in a URI (RFC 3986,
/// section 2.1).
enum ScheduleName {
  private static let plain = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_".utf8)

  static func encoded(_ name: String) -> String {
    guard !name.utf8.allSatisfy(plain.contains) else { return name }
    var text: [UInt8] = []
    for byte in name.utf8 {
      guard !plain.contains(byte) else {
        text.append(byte)
        continue
      }
      let digits = String(byte, radix: 16, uppercase: true)
      text += "%\(digits.count == 1 ? "0" : "")\(digits)".utf8
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: nil when it is no name that ``encoded(_:)`` writes.
  static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        guard plain.contains(byte) else { return nil }
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
      guard digits.count == 2 else { return nil }
      bytes.append(UInt8(digits[0] << 4 | digits[1]))
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
