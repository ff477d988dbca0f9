internal import CSodium

/// SHA-256 (FIPS 180-4), whole or in parts.
public struct SHA256: Sendable {
  /// Bytes in a digest.
  public static let digestBytes = 32

  private var state = crypto_hash_sha256_state()

  /// Begins a digest.
  public init() {
    unsafe crypto_hash_sha256_init(&state)
  }

  /// Takes the next bytes of the message.
  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withPointer {
      _ = unsafe crypto_hash_sha256_update(&state, $0, UInt64(bytes.count))
    }
  }

  /// Takes one more byte of the message.
  public mutating func update(_ byte: UInt8) {
    var byte = byte
    _ = unsafe crypto_hash_sha256_update(&state, &byte, 1)
  }

  /// Ends the digest.
  ///
  /// - Returns: Its 32 bytes, stored inline.
  public consuming func finishInline() -> Bytes32 {
    unsafe Bytes32 { _ = unsafe crypto_hash_sha256_final(&state, $0) }
  }

  /// Ends the digest.
  ///
  /// - Returns: Its 32 bytes.
  public consuming func finish() -> [UInt8] { finishInline().bytes }

  /// Ends the digest, of which only the first eight bytes are wanted.
  ///
  /// - Returns: Digest byte 0 in the most significant place, digest byte 7 in the least (so its
  ///   sixteen hexadecimal digits read like the digest's first sixteen).
  /// - Complexity: No allocation.
  public consuming func finishPrefix() -> UInt64 { finishInline().prefix64 }

  /// The digest of a whole message.
  ///
  /// - Returns: Its 32 bytes.
  public static func digest(of message: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(message.span)
    return hash.finish()
  }
}
