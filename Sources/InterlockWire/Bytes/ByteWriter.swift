/// Appends integers and byte runs, little-endian; ``ByteReader`` takes them off again.
public struct ByteWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []

  /// A writer with room for `capacity` bytes before it must grow.
  public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Appends one byte.
  public mutating func uint8(_ value: UInt8) { bytes.append(value) }

  /// Appends two bytes.
  public mutating func uint16(_ value: UInt16) { integer(value) }

  /// Appends four bytes.
  public mutating func uint32(_ value: UInt32) { integer(value) }

  /// Appends four bytes in two's complement.
  public mutating func int32(_ value: Int32) { integer(value) }

  /// Appends eight bytes.
  public mutating func uint64(_ value: UInt64) { integer(value) }

  /// Appends `run` as it is.
  public mutating func append(_ run: some Sequence<UInt8>) { bytes.append(contentsOf: run) }

  private mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
    for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
