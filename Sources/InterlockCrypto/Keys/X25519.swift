internal import CSodium

/// X25519 key agreement (RFC 7748).
public enum X25519 {
  /// The public key of a private scalar, which is clamped as RFC 7748 says.
  ///
  /// - Returns: 32 bytes; nil unless the scalar has 32.
  public static func publicKey(scalar: Span<UInt8>) -> Bytes32? {
    guard scalar.count == Bytes32.byteCount else { return nil }
    Sodium.start()
    return unsafe Bytes32 { target in
      unsafe scalar.withPointer { _ = unsafe crypto_scalarmult_base(target, $0) }
    }
  }

  /// The secret shared by a private scalar, which is clamped, and a peer's public key.
  ///
  /// - Returns: 32 bytes, not hashed; nil for a scalar of another length or when the result is all
  ///   zero, which is what keys of low order give.
  public static func sharedSecret(scalar: Span<UInt8>, point: Bytes32) -> SecretBytes? {
    guard scalar.count == Bytes32.byteCount else { return nil }
    Sodium.start()
    var status: CInt = -1
    let secret = unsafe SecretBytes(count: Bytes32.byteCount) { target in
      unsafe point.withPointer { point in
        unsafe scalar.withPointer { status = unsafe crypto_scalarmult(target, $0, point) }
      }
    }
    guard status == 0, !secret.withSpan({ ConstantTime.isZero($0) }) else { return nil }
    return secret
  }
}
