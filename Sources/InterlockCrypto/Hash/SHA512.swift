internal import CSodium

/// SHA-512 (FIPS 180-4), whole or in parts.
public struct SHA512: Sendable {
  /// Bytes in a digest.
  public static let digestBytes = 64

  private var state = crypto_hash_sha512_state()

  /// Begins a digest.
  public init() {
    unsafe crypto_hash_sha512_init(&state)
  }

  /// Takes the next bytes of the message.
  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withPointer {
      _ = unsafe crypto_hash_sha512_update(&state, $0, UInt64(bytes.count))
    }
  }

  /// Ends the digest.
  ///
  /// - Returns: Its 64 bytes.
  public consuming func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Self.digestBytes)
    _ = unsafe crypto_hash_sha512_final(&state, &digest)
    return digest
  }

  /// Ends a digest of secret bytes in memory that is wiped after use.
  consuming func finishSecret() -> SecretBytes {
    let digest = unsafe SecretBytes(count: Self.digestBytes) {
      _ = unsafe crypto_hash_sha512_final(&state, $0)
    }
    unsafe sodium_memzero(&state, MemoryLayout.size(ofValue: state))
    return digest
  }

  /// The digest of a whole message.
  ///
  /// - Returns: Its 64 bytes.
  public static func digest(of message: [UInt8]) -> [UInt8] {
    var hash = SHA512()
    hash.update(message.span)
    return hash.finish()
  }
}
