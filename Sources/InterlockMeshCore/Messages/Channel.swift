internal import InterlockCrypto

/// A group whose members share a key.
public struct Channel: Sendable {
  /// What its messages are encrypted under: the key, followed by zeros if it has 16 bytes.
  public let secret: MessageSecret
  /// What its messages are recognised by, as far as one byte can tell.
  public let hash: UInt8

  /// The channel of a key of 16 or 32 bytes; nil for any other length.
  ///
  /// A 32-byte key whose second half is zero is the same channel as its first half.
  public init?(key: [UInt8]) {
    guard let secret = MessageSecret(key) else { return nil }
    let half = AES128ECB.keyBytes
    let isShort = key.dropFirst(half).allSatisfy { $0 == 0 }
    self.secret = secret
    var digest = SHA256()
    digest.update(isShort ? key.span.extracting(0..<half) : key.span)
    hash = digest.finishInline()[0]
  }
}
