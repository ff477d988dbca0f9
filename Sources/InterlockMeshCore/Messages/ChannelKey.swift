internal import InterlockCrypto
internal import InterlockWire

/// The keys that members of channels share, as MeshCore's apps write them and make them from names.
public enum ChannelKey {
  /// Bytes a key may have.
  public static let byteCounts = [AES128ECB.keyBytes, MessageSecret.byteCount]
  /// What ``parse(_:)`` takes, in words.
  public static let notation =
    "\(byteCounts.map(String.init).joined(separator: " or ")) bytes in hexadecimal or base64"
  /// What the channel that every device knows is called.
  public static let publicName = "Public"
  /// The key of that channel; what is said there is no secret.
  ///
  /// *Source:* the MeshCore firmware, which has it built in.
  public static let everyone: [UInt8] = [
    0x8B, 0x33, 0x87, 0xE9, 0xC5, 0xCD, 0xEA, 0x6A, 0xC9, 0xE5, 0xED, 0xBA, 0xA1, 0x15, 0xCD, 0x72,
  ]

  /// The key a text spells, in hexadecimal or in base64; nil for other text and other lengths.
  ///
  /// The lengths of both spellings differ, so no text has two meanings.
  public static func parse(_ text: String) -> [UInt8]? {
    [Hex.decode(text), Base64.decode(text)].compactMap(\.self)
      .first { byteCounts.contains($0.count) }
  }

  /// The key that follows from a channel's name; nil for a name whose key is its members' secret.
  ///
  /// A hashtag channel's key is the beginning of SHA-256 over its name, `#` included: upper and lower
  /// case differ, and whoever knows the name knows the key. ``publicName`` stands for ``everyone``.
  ///
  /// *Source:* MeshCore's apps; their documentation gives `#test` the key `9cd8fcf2…48b73f`.
  public static func following(from name: String) -> [UInt8]? {
    if name == publicName { return everyone }
    guard name.utf8.first == UInt8(ascii: "#"), name.utf8.count > 1 else { return nil }
    var digest = SHA256()
    digest.update(Array(name.utf8).span)
    let bytes = digest.finishInline()
    return (0..<AES128ECB.keyBytes).map { bytes[$0] }
  }
}
