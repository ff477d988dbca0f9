internal import COpenSSL

/// SHA-256 (FIPS 180-4), whole or in parts.
///
/// It is OpenSSL's, which uses the processor's instructions for it where there are any: a packet is
/// hashed in a quarter of the time that libsodium's portable code takes. Nothing is allocated.
public struct SHA256: Sendable {
  /// Bytes in a digest.
  public static let digestBytes = 32

  private var state = SHA256_CTX()

  /// Begins a digest.
  public init() {
    _ = unsafe SHA256_Init(&state)
  }

  /// Takes the next bytes of the message.
  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withPointer {
      _ = unsafe SHA256_Update(&state, $0, bytes.count)
    }
  }

  /// Takes one more byte of the message.
  public mutating func update(_ byte: UInt8) {
    var byte = byte
    _ = unsafe SHA256_Update(&state, &byte, 1)
  }

  /// Ends the digest.
  ///
  /// - Returns: Its 32 bytes, stored inline.
  public consuming func finishInline() -> Bytes32 {
    unsafe Bytes32 { _ = unsafe SHA256_Final($0, &state) }
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
