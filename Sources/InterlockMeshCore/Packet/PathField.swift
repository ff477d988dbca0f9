/// The path length byte: how many hops follow, and how many bytes of a key name each.
///
/// | bits | field |
/// | --- | --- |
/// | 0–5 | hop count, 0…63 |
/// | 6–7 | hash size − 1; 3 is reserved |
public struct PathField: RawRepresentable, Sendable, Hashable {
  /// The most bytes a path may have.
  public static let maximumBytes = 64
  /// The most hops the six-bit counter can tell.
  public static let maximumHops = 63

  /// The byte on the air.
  public let rawValue: UInt8

  /// Takes the byte as it is; see `isReserved` and `byteCount` for what makes one valid.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The field for `hopCount` hops of `hashSize` bytes; nil when it cannot be written or is too long.
  public init?(hopCount: Int, hashSize: Int) {
    guard (1...3).contains(hashSize), (0...Self.maximumHops).contains(hopCount),
      hopCount * hashSize <= Self.maximumBytes
    else { return nil }
    rawValue = UInt8(hopCount) | UInt8(hashSize - 1) << 6
  }

  /// Number of hops in the path.
  public var hopCount: Int { Int(rawValue & 63) }

  /// Bytes of a node's key in each hop, 1…4 (4 is reserved).
  public var hashSize: Int { Int(rawValue >> 6) + 1 }

  /// Whether the hash size is the one nobody has defined.
  public var isReserved: Bool { rawValue >= 0xC0 }

  /// Bytes the whole path occupies.
  public var byteCount: Int { hopCount * hashSize }

  /// Whether another hop fits both the counter and the path.
  ///
  /// With one-byte hashes 64 hops would fit the path but not the six-bit counter, which would wrap
  /// to zero and announce a different hash size; so 63 is full.
  public var hasRoom: Bool {
    hopCount < Self.maximumHops && (hopCount + 1) * hashSize <= Self.maximumBytes
  }
}
