/// Thirty-two bytes stored inline: a key or a digest that costs no allocation to copy or to hash.
///
/// Not for secrets: copies are left behind in registers and on the stack. ``SecretBytes`` is.
public struct Bytes32: Sendable, Hashable {
  /// Bytes in a value.
  public static let byteCount = 32

  /// The value in memory order, so that taking a span of it is taking its address.
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// Thirty-two zero bytes.
  public init() {}

  /// Copies `bytes`; nil unless there are exactly 32.
  public init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    unsafe withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in unsafe target.copyMemory(from: source) }
    }
  }

  /// Copies `bytes`; nil unless there are exactly 32.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    unsafe withUnsafeMutableBytes { target in unsafe target.copyBytes(from: bytes) }
  }

  /// The byte at `index` (0…31).
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < Self.byteCount, "a 32-byte value has no byte \(index)")
    return withSpan { $0[index] }
  }

  /// The bytes as an array.
  public var bytes: [UInt8] { withSpan { span in span.indices.map { span[$0] } } }

  /// The first eight bytes, the first byte most significant, so that its hexadecimal digits are
  /// the value's first sixteen.
  public var prefix64: UInt64 { UInt64(bigEndian: words.0) }

  /// Gives `body` the bytes without copying them.
  ///
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withSpan<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe Swift.withUnsafeBytes(of: words) { raw throws(Failure) -> Result in
      try unsafe body(Span(_unsafeElements: raw.bindMemory(to: UInt8.self)))
    }
  }

  /// Gives `body` the memory, for C functions that fill it.
  mutating func withUnsafeMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) -> Result
  ) -> Result {
    unsafe Swift.withUnsafeMutableBytes(of: &words) { raw in unsafe body(raw) }
  }

  /// Whether both have the same 32 bytes.
  public static func == (left: Bytes32, right: Bytes32) -> Bool { left.words == right.words }

  /// Feeds the 32 bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}
