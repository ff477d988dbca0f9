internal import CSodium

/// An Ed25519 private key in expanded form: it signs, and it agrees on shared secrets.
///
/// The expanded form (64 bytes: scalar, then prefix) is what some nodes store and exchange, and a
/// seed cannot be won back from it, so it is the form kept here for both.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 32 | scalar, little-endian |
/// | 32 | 32 | prefix, hashed into each signature's nonce |
public struct Ed25519SigningKey: Sendable {
  /// The public half.
  public let publicKey: Bytes32
  private let expanded: SecretBytes

  /// The key pair of a 32-byte seed (RFC 8032, 5.1.5); nil for another length.
  public init?(seed: Span<UInt8>) {
    guard seed.count == Ed25519.seedBytes else { return nil }
    var hash = SHA512()
    hash.update(seed)
    let digest = hash.finishSecret()
    let clamped = unsafe SecretBytes(count: digest.count) { target in
      unsafe digest.withPointer { unsafe target.update(from: $0, count: digest.count) }
      unsafe target[0] &= 248
      unsafe target[31] &= 63
      unsafe target[31] |= 64
    }
    self.init(checked: clamped)
  }

  /// The key pair of a 64-byte expanded key, whose scalar is used as it is; nil for another length
  /// or a scalar that gives no public key.
  public init?(expanded: Span<UInt8>) {
    guard expanded.count == Ed25519.expandedKeyBytes else { return nil }
    self.init(checked: SecretBytes(expanded))
  }

  private init?(checked expanded: SecretBytes) {
    Sodium.start()
    var status: CInt = -1
    let point = unsafe Bytes32 { target in
      unsafe expanded.withPointer { key in
        status = unsafe crypto_scalarmult_ed25519_base_noclamp(target, key)
      }
    }
    guard status == 0 else { return nil }
    self.expanded = expanded
    self.publicKey = point
  }

  /// Gives `body` the 64 secret bytes, for the code that stores them.
  ///
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withExpandedKey<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try expanded.withSpan(body)
  }

  /// Signs `message` (deterministically: no random source is involved).
  ///
  /// r = SHA-512(prefix ‖ m), R = r·B, k = SHA-512(R ‖ A ‖ m), s = k·scalar + r, all modulo L.
  ///
  /// - Returns: R ‖ s, 64 bytes.
  public func sign(_ message: Span<UInt8>) -> [UInt8] {
    let nonce = expanded.withSpan { key in
      var hash = SHA512()
      hash.update(key.extracting(32..<64))
      hash.update(message)
      return Scalar(reducing: hash.finishSecret())
    }
    let commitment = nonce.timesBase()
    var hash = SHA512()
    commitment.withSpan { hash.update($0) }
    publicKey.withSpan { hash.update($0) }
    hash.update(message)
    let challenge = Scalar(reducing: hash.finishSecret())
    let secret = expanded.withSpan { Scalar(copying: $0.extracting(0..<32)) }
    let response = challenge.times(secret).plus(nonce)
    return commitment.bytes + response.bytes
  }

  /// The secret that this key and `peer` share: X25519 of the clamped scalar and the peer's point,
  /// not hashed.
  ///
  /// - Returns: 32 bytes; nil when the peer's key is not usable or the secret would be all zero.
  public func sharedSecret(with peer: Bytes32) -> SecretBytes? {
    guard let point = Ed25519.montgomery(of: peer) else { return nil }
    return expanded.withSpan { X25519.sharedSecret(scalar: $0.extracting(0..<32), point: point) }
  }
}

extension Ed25519SigningKey: CustomStringConvertible, CustomReflectable {
  /// Names the key by the beginning of its public half.
  public var description: String {
    "Ed25519SigningKey(public key \(String(publicKey.prefix64, radix: 16))…)"
  }

  /// Empty, so that `dump` and test failures show nothing.
  public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
