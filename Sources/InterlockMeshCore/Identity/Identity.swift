public import InterlockCrypto

/// Who this node is: a private key that signs adverts and opens what is addressed to it.
///
/// Nothing that prints an identity shows more than its public key.
public struct Identity: Sendable {
  /// The node's address.
  public let publicKey: PublicKey
  private let key: Ed25519SigningKey

  private init(checking key: Ed25519SigningKey) throws(IdentityError) {
    publicKey = PublicKey(key.publicKey)
    self.key = key
    if publicKey.isReserved { throw .reservedPublicKey(publicKey.hash) }
  }

  /// The identity of a 32-byte seed.
  ///
  /// - Throws: If the seed has another length or gives a reserved key.
  public init(seed: SecretBytes) throws(IdentityError) {
    guard let key = seed.withSpan({ Ed25519SigningKey(seed: $0) }) else {
      throw .wrongLength(seed.count)
    }
    try self.init(checking: key)
  }

  /// The identity of a seed of 32 bytes or a private key of 64 that comes from elsewhere.
  ///
  /// The key must agree on a secret with a fresh one, in both directions: a scalar that was damaged
  /// or never clamped would sign well and yet open nothing.
  ///
  /// - Parameters:
  ///   - bytes: The seed or private key.
  ///   - probe: 32 random bytes for that fresh key.
  /// - Throws: What is wrong with the bytes.
  public init(importing bytes: SecretBytes, probe: SecretBytes) throws(IdentityError) {
    switch bytes.count {
    case Ed25519.seedBytes: try self.init(seed: bytes)
    case Ed25519.expandedKeyBytes:
      guard let key = bytes.withSpan({ Ed25519SigningKey(expanded: $0) }) else { throw .unusable }
      try self.init(checking: key)
    default: throw .wrongLength(bytes.count)
    }
    guard let fresh = probe.withSpan({ Ed25519SigningKey(seed: $0) }) else {
      throw .wrongLength(probe.count)
    }
    guard let here = key.sharedSecret(with: fresh.publicKey),
      let there = fresh.sharedSecret(with: key.publicKey), here == there
    else { throw .unusable }
  }

  /// A new identity.
  ///
  /// - Parameter seed: Gives 32 fresh random bytes; asked again while a seed gives a reserved key,
  ///   which one in 128 does.
  /// - Returns: An identity whose key is not reserved.
  public static func generate(seed: () -> SecretBytes) -> Identity {
    while true {
      do { return try Identity(seed: seed()) } catch .reservedPublicKey { continue } catch {
        preconditionFailure("a seed for a new identity: \(error)")
      }
    }
  }

  /// Signs `message`; equal messages give equal signatures.
  ///
  /// - Returns: 64 bytes.
  public func sign(_ message: Span<UInt8>) -> [UInt8] { key.sign(message) }

  /// The secret this node shares with another, under which both encrypt.
  ///
  /// - Returns: Nil when the other key is not usable.
  public func sharedSecret(with other: PublicKey) -> MessageSecret? {
    key.sharedSecret(with: other.value).map { MessageSecret(agreed: $0) }
  }

  /// The 64-byte private key, for the code that stores it.
  ///
  /// - Returns: A copy that is wiped after use.
  package func exported() -> SecretBytes { key.withExpandedKey { SecretBytes($0) } }
}

extension Identity: CustomStringConvertible, CustomReflectable {
  /// Names the identity by its public key.
  public var description: String { "Identity(\(publicKey))" }

  /// Empty, so that `dump` and test failures show nothing.
  public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
