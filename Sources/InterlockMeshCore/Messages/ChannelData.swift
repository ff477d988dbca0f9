internal import InterlockWire

/// The plaintext of a GRP_DATA.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 2 | type of the data |
/// | 2 | 1 | bytes of data |
/// | 3 | | data |
public struct ChannelData: Sendable, Hashable {
  /// What the data is, by an agreement of its applications.
  public var type: UInt16
  /// The data.
  public var data: [UInt8]

  /// Data for a channel; nil when there is more than one byte can count.
  public init?(type: UInt16, data: [UInt8]) {
    guard data.count <= Int(UInt8.max) else { return nil }
    self.type = type
    self.data = data
  }

  /// Reads a plaintext, with or without its padding; nil when it ends before the data does.
  public init?(parsing plaintext: [UInt8]) {
    var reader = ByteReader(plaintext)
    guard let type = reader.uint16(), let count = reader.uint8(),
      let data = reader.bytes(Int(count))
    else { return nil }
    self.init(type: type, data: Array(data))
  }

  /// The plaintext, without padding.
  public var plaintext: [UInt8] {
    var writer = ByteWriter(capacity: 3 + data.count)
    writer.uint16(type)
    writer.uint8(UInt8(data.count))
    writer.append(data)
    return writer.bytes
  }
}
