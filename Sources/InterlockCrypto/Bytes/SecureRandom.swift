internal import CSodium

/// The operating system's random source, for keys, nonces and whatever an attacker must not guess.
///
/// Delays and jitter use a seeded generator instead, so that a run can be repeated.
public struct SecureRandom: RandomNumberGenerator, Sendable {
  /// A generator; all are the same source.
  public init() {}

  /// The next 64 random bits.
  ///
  /// - Returns: A number of the whole range, each as likely as any other.
  public func next() -> UInt64 {
    Sodium.start()
    return UInt64(randombytes_random()) << 32 | UInt64(randombytes_random())
  }

  /// Random bytes.
  ///
  /// - Returns: `count` of them.
  public static func bytes(_ count: Int) -> [UInt8] {
    Sodium.start()
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      if let address = buffer.baseAddress { unsafe randombytes_buf(address, count) }
      filled = count
    }
  }

  /// Random bytes that are wiped after use.
  ///
  /// - Returns: `count` of them.
  public static func secret(_ count: Int) -> SecretBytes {
    Sodium.start()
    return unsafe SecretBytes(count: count) { unsafe randombytes_buf($0, count) }
  }
}
