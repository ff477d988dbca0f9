/// Takes integers and byte runs off the front of some bytes, and answers nil where they end.
///
/// All integers are little-endian. A read that does not fit leaves the reader where it was. The
/// bytes are shared, not copied.
public struct ByteReader: Sendable {
  /// What has not been read yet.
  public private(set) var rest: ArraySlice<UInt8>

  /// Reads from the start of `bytes`.
  public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// Reads from the start of `bytes`.
  public init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// How many bytes have not been read yet.
  public var remaining: Int { rest.count }

  /// Whether everything has been read.
  public var isAtEnd: Bool { rest.isEmpty }

  /// The next byte.
  ///
  /// - Returns: Nil at the end.
  public mutating func uint8() -> UInt8? { rest.popFirst() }

  /// The next two bytes.
  ///
  /// - Returns: Nil when fewer are left.
  public mutating func uint16() -> UInt16? { integer() }

  /// The next four bytes.
  ///
  /// - Returns: Nil when fewer are left.
  public mutating func uint32() -> UInt32? { integer() }

  /// The next four bytes in two's complement.
  ///
  /// - Returns: Nil when fewer are left.
  public mutating func int32() -> Int32? { integer() }

  /// The next eight bytes.
  ///
  /// - Returns: Nil when fewer are left.
  public mutating func uint64() -> UInt64? { integer() }

  /// The next `count` bytes.
  ///
  /// - Returns: Nil when fewer are left, or `count` is negative.
  public mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= rest.count else { return nil }
    defer { rest.removeFirst(count) }
    return rest.prefix(count)
  }

  /// Everything that is left.
  ///
  /// - Returns: Possibly nothing.
  public mutating func takeRest() -> ArraySlice<UInt8> {
    defer { rest.removeAll() }
    return rest
  }

  private mutating func integer<Value: FixedWidthInteger>() -> Value? {
    guard let field = bytes(Value.bitWidth / 8) else { return nil }
    return field.reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
  }
}
