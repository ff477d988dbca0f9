/// The first bytes of a node's public key, by which paths name it: 1, 2 or 3 of them, in a TRACE up to 8.
public struct KeyPrefix: Sendable, Hashable {
  /// The most bytes of a key that any packet names a node by.
  public static let maximumBytes = 8

  /// The eight bytes, the first one most significant.
  private let value: UInt64

  /// Takes the first eight bytes of a key; a shorter one is filled with zeros.
  public init(_ publicKey: some Sequence<UInt8>) {
    var value: UInt64 = 0
    var shift: UInt64 = 64
    for byte in publicKey.prefix(Self.maximumBytes) {
      shift -= 8
      value |= UInt64(byte) << shift
    }
    self.value = value
  }

  /// A prefix whose first byte is `byte`.
  init(byte: UInt8) {
    value = UInt64(byte) << 56
  }

  /// The byte at `index`, 0…7.
  public subscript(index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * index))
  }

  /// Whether `count` bytes of `frame` from `offset` are these; the caller has checked that they exist.
  func matches(_ frame: [UInt8], at offset: Int, count: Int) -> Bool {
    for index in 0..<count where frame[offset + index] != self[index] { return false }
    return true
  }
}
