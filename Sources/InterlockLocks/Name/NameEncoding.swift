internal import InterlockCrypto
internal import InterlockWire

/// Writes names so that they are nothing but a name wherever they are used: in a key, a pattern, a file.
///
/// Plain characters stay; every other byte becomes `%` and two capital digits. What would be longer than 200 bytes
/// becomes its first 100, `~`, and the SHA-256 of the name. `~` is never plain, so no short name looks like a long one:
/// two names are written alike only if their SHA-256 are equal.
public enum NameEncoding {
  /// The largest number of bytes of a name that is written in full.
  private static let longest = 200
  private static let kept = 100

  /// The text in a server's key: a slash stays, and no part between slashes is `.` or `..`.
  public static func key(_ name: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(name.count)
    var isFirst = true
    for part in name.split(separator: slash, omittingEmptySubsequences: false) {
      if !isFirst { text.append(slash) }
      let isStep = part.elementsEqual([dot]) || part.elementsEqual([dot, dot])
      for (place, byte) in part.enumerated() {
        let isHidden = byte == dot && (isStep || isFirst && place == 0)
        append(byte, to: &text, plainly: isPlain(byte) && !isHidden)
      }
      isFirst = false
    }
    return shortened(text, name)
  }

  /// The text as the name of one file, in any folder.
  public static func file(_ name: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(name.count)
    let isStep = name.elementsEqual([dot, dot])
    for (place, byte) in name.enumerated() {
      let isPlain = isPlain(byte) && byte != slash && !(byte == dot && (isStep || place == 0))
      append(byte, to: &text, plainly: isPlain)
    }
    return shortened(text, name)
  }

  /// The name that `text` was made of; nil when it was shortened, or is not such a text.
  public static func name(ofEncoded text: some StringProtocol) -> [UInt8]? {
    var name: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == percent else {
        guard isPlain(byte) else { return nil }
        name.append(byte)
        continue
      }
      guard let high = bytes.next(), let low = bytes.next(), let value = value(high, low) else {
        return nil
      }
      name.append(value)
    }
    return name
  }

  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")
  private static let percent = UInt8(ascii: "%")

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case dot, slash, UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "="),
      UInt8(ascii: ","), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func append(_ byte: UInt8, to text: inout [UInt8], plainly: Bool) {
    guard !plainly else { return text.append(byte) }
    text.append(percent)
    text.append(digit(byte >> 4))
    text.append(digit(byte & 15))
  }

  private static func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
  }

  /// Only capital digits: there is one way to write a name.
  private static func value(_ high: UInt8, _ low: UInt8) -> UInt8? {
    func nibble(_ character: UInt8) -> UInt8? {
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
      case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
      default: nil
      }
    }
    guard let high = nibble(high), let low = nibble(low) else { return nil }
    return high << 4 | low
  }

  private static func shortened(_ text: [UInt8], _ name: some Collection<UInt8>) -> String {
    guard text.count > longest else { return String(decoding: text, as: UTF8.self) }
    return String(decoding: text[..<kept], as: UTF8.self) + "~"
      + Hex.encode(SHA256.digest(of: Array(name)))
  }
}
