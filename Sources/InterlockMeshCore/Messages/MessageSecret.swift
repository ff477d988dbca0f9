internal import InterlockCrypto

/// The secret under which two nodes, or the members of a channel, encrypt: AES-128-ECB, then a MAC.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 2 | first bytes of HMAC-SHA-256 over the ciphertext, key: all 32 secret bytes |
/// | 2 | n × 16 | zero-padded plaintext under the first 16 secret bytes |
///
/// Two bytes of MAC let one forgery in 65 536 through: what was opened is probably from someone who
/// knows the secret, and must never by itself trigger anything that cannot be undone.
public struct MessageSecret: Sendable, Equatable {
  /// Bytes in a secret.
  public static let byteCount = 32
  /// Bytes of MAC before the ciphertext.
  public static let macBytes = 2

  private let secret: SecretBytes

  /// A secret two nodes agreed on.
  init(agreed secret: SecretBytes) { self.secret = secret }

  /// A secret of 32 bytes, or one of 16 that is followed by zeros; nil for any other length.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount || bytes.count == AES128ECB.keyBytes else { return nil }
    var whole = bytes
    whole += [UInt8](repeating: 0, count: Self.byteCount - bytes.count)
    secret = SecretBytes(whole.span)
  }

  /// Encrypts `plaintext` and puts the MAC before it.
  ///
  /// - Returns: 2 + n × 16 bytes.
  public func seal(_ plaintext: [UInt8]) -> [UInt8] {
    secret.withSpan { secret in
      let key = secret.extracting(0..<AES128ECB.keyBytes)
      guard let ciphertext = AES128ECB.encrypt(plaintext.span, key: key) else {
        preconditionFailure("the cipher refused a key of \(key.count) bytes")
      }
      let mac = Self.mac(secret, ciphertext.span)
      return [mac[0], mac[1]] + ciphertext
    }
  }

  /// Checks the MAC, in constant time and before anything else, and decrypts.
  ///
  /// - Returns: The plaintext with its padding, as many bytes as there was ciphertext; nil when the
  ///   MAC is not this secret's.
  public func open(_ sealed: ArraySlice<UInt8>) -> [UInt8]? {
    guard sealed.count >= Self.macBytes else { return nil }
    let claimed = sealed.prefix(Self.macBytes)
    let ciphertext = sealed.dropFirst(Self.macBytes)
    return secret.withSpan { secret in
      let mac = Self.mac(secret, ciphertext.span)
      let isGenuine = mac.withSpan {
        ConstantTime.areEqual($0.extracting(0..<Self.macBytes), claimed.span)
      }
      guard isGenuine else { return nil }
      return AES128ECB.decrypt(ciphertext.span, key: secret.extracting(0..<AES128ECB.keyBytes))
    }
  }

  /// The secret's bytes, for the code that checks them.
  package var bytes: [UInt8] { secret.withSpan { secret in secret.indices.map { secret[$0] } } }

  private static func mac(_ secret: Span<UInt8>, _ ciphertext: Span<UInt8>) -> Bytes32 {
    var code = HMACSHA256(key: secret)
    code.update(ciphertext)
    return code.finishInline()
  }
}
