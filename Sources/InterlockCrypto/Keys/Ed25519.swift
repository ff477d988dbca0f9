internal import CSodium

/// Ed25519 signatures (RFC 8032) and what else an Ed25519 public key can do.
public enum Ed25519 {
  /// Bytes in a public key.
  public static let publicKeyBytes = 32
  /// Bytes in a signature.
  public static let signatureBytes = 64
  /// Bytes in the seed a key pair is made from.
  public static let seedBytes = 32
  /// Bytes in an expanded private key: scalar, then prefix.
  public static let expandedKeyBytes = 64

  /// The longest message that ``isValid(signature:message:followedBy:publicKey:)`` joins on the
  /// stack; longer ones cost an allocation.
  private static let joinedOnStack = 512

  /// Whether `signature` is `publicKey`'s over `message`.
  ///
  /// A key or signature of the wrong length, a key of low order and a non-canonical signature are
  /// answered with false, never with a trap.
  ///
  /// - Complexity: One curve operation, some 50 µs; no allocation.
  public static func isValid(
    signature: Span<UInt8>, message: Span<UInt8>, publicKey: Span<UInt8>
  ) -> Bool {
    guard signature.count == signatureBytes, publicKey.count == publicKeyBytes else { return false }
    Sodium.start()
    return unsafe signature.withPointer { signature in
      unsafe message.withPointer { text in
        unsafe publicKey.withPointer { key in
          unsafe crypto_sign_verify_detached(signature, text, UInt64(message.count), key) == 0
        }
      }
    }
  }

  /// Whether `signature` is `publicKey`'s over `message` followed at once by `rest`.
  ///
  /// For packets that carry the signature in the middle of what it signs.
  ///
  /// - Complexity: As the plain form; the parts are joined on the stack.
  public static func isValid(
    signature: Span<UInt8>, message: Span<UInt8>, followedBy rest: Span<UInt8>,
    publicKey: Span<UInt8>
  ) -> Bool {
    let total = message.count + rest.count
    return unsafe withUnsafeTemporaryAllocation(
      byteCount: max(total, joinedOnStack), alignment: 1
    ) { scratch in
      unsafe message.withUnsafeBytes { unsafe scratch.copyMemory(from: $0) }
      unsafe rest.withUnsafeBytes { part in
        let tail = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[message.count...])
        unsafe tail.copyMemory(from: part)
      }
      let joined = unsafe UnsafeRawBufferPointer(rebasing: scratch[..<total])
      return unsafe isValid(
        signature: signature, message: Span(_unsafeElements: joined.bindMemory(to: UInt8.self)),
        publicKey: publicKey)
    }
  }

  /// The X25519 form of a public key: u = (1 + y) / (1 − y).
  ///
  /// - Returns: Nil when the key is no point of the curve's main subgroup.
  public static func montgomery(of publicKey: Bytes32) -> Bytes32? {
    Sodium.start()
    var status: CInt = -1
    let converted = unsafe Bytes32 { target in
      unsafe publicKey.withPointer { key in
        status = unsafe crypto_sign_ed25519_pk_to_curve25519(target, key)
      }
    }
    return status == 0 ? converted : nil
  }
}
