internal import InterlockCrypto

/// A region a repeater knows, and whether it passes its floods on.
public struct RegionRule: Sendable, Hashable {
  /// The most regions a repeater knows.
  public static let maximumCount = 32
  /// Bytes of a region's key.
  public static let keyBytes = 16

  /// The name an operator knows it by.
  public var name: String
  /// The 16 bytes that codes of the region are made with.
  public var key: [UInt8]
  /// Whether its floods are passed on.
  public var allowsFlood: Bool

  /// Makes a rule for a region of which the key is known.
  public init(name: String, key: [UInt8], allowsFlood: Bool) {
    self.name = name
    self.key = key
    self.allowsFlood = allowsFlood
  }

  /// Makes a rule for a public region, whose key follows from its name.
  ///
  /// *Source:* the first 16 bytes of SHA-256 of the name behind one `#`.
  public init(publicName name: String, allowsFlood: Bool) {
    let canonical = name.hasPrefix("#") ? name : "#" + name
    self.init(
      name: name, key: Array(SHA256.digest(of: Array(canonical.utf8)).prefix(Self.keyBytes)),
      allowsFlood: allowsFlood)
  }

  /// The code that binds a packet to this region.
  ///
  /// - Returns: never 0 nor 0xFFFF, which are kept for other uses.
  public func code(for packet: Packet) -> UInt16 {
    var code = HMACSHA256(key: key.span)
    code.update(packet.payloadType.rawValue)
    code.update(packet.frame.span.extracting(packet.payloadRange))
    let digest = code.finishInline()
    let value = UInt16(digest[0]) | UInt16(digest[1]) << 8
    return value == 0 ? 1 : value == .max ? .max - 1 : value
  }
}
