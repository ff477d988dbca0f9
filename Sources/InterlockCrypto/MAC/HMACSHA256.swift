internal import CSodium

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) with a key of any length, whole or in parts.
public struct HMACSHA256: Sendable {
  /// Bytes in a code.
  public static let codeBytes = 32

  private var state = crypto_auth_hmacsha256_state()

  /// Begins a code under `key`, which may have any length (keys over 64 bytes are hashed first).
  public init(key: Span<UInt8>) {
    unsafe key.withPointer { _ = unsafe crypto_auth_hmacsha256_init(&state, $0, key.count) }
  }

  /// Takes the next bytes of the message.
  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withPointer {
      _ = unsafe crypto_auth_hmacsha256_update(&state, $0, UInt64(bytes.count))
    }
  }

  /// Takes one more byte of the message.
  public mutating func update(_ byte: UInt8) {
    var byte = byte
    _ = unsafe crypto_auth_hmacsha256_update(&state, &byte, 1)
  }

  /// Ends the code.
  ///
  /// Truncated forms are its first bytes: index it, or take ``Bytes32/prefix64``.
  ///
  /// - Returns: Its 32 bytes, stored inline.
  public consuming func finishInline() -> Bytes32 {
    let code = unsafe Bytes32 { _ = unsafe crypto_auth_hmacsha256_final(&state, $0) }
    unsafe sodium_memzero(&state, MemoryLayout.size(ofValue: state))
    return code
  }

  /// The code of a whole message.
  ///
  /// - Returns: Its 32 bytes.
  public static func authenticate(key: [UInt8], message: [UInt8]) -> [UInt8] {
    var code = HMACSHA256(key: key.span)
    code.update(message.span)
    return code.finishInline().bytes
  }
}
