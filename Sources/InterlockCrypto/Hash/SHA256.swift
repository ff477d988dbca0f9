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
    unsafe bytes.withUnsafeBufferPointer { buffer in
      _ = unsafe crypto_hash_sha256_update(&state, buffer.baseAddress, UInt64(buffer.count))
    }
  }

  /// Ends the digest.
  ///
  /// - Returns: Its 32 bytes.
  public consuming func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Self.digestBytes)
    unsafe crypto_hash_sha256_final(&state, &digest)
    return digest
  }

  /// Ends the digest, for callers that need its beginning only: nothing is allocated.
  ///
  /// - Returns: Its first 8 bytes, the first one most significant.
  public consuming func finishPrefix() -> UInt64 {
    var digest = [32 of UInt8](repeating: 0)
    unsafe withUnsafeMutableBytes(of: &digest) { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe crypto_hash_sha256_final(
        &state, start.assumingMemoryBound(to: UInt8.self))
    }
    var prefix: UInt64 = 0
    for index in 0..<8 { prefix = prefix << 8 | UInt64(digest[index]) }
    return prefix
  }

  /// The digest of a whole message.
  ///
  /// - Returns: Its 32 bytes.
  public static func digest(of message: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(message.span)
    return hash.finish()
  }
}
