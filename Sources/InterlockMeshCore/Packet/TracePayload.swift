/// What a TRACE carries: who asked, and the nodes to visit.
///
/// | offset | bytes | field |
/// | --- | --- | --- |
/// | 0 | 4 | tag, little-endian |
/// | 4 | 4 | authentication code, little-endian |
/// | 8 | 1 | flags: bits 0–1 give the width of a hash, 1, 2, 4 or 8 bytes |
/// | 9 | n × width | hashes of the nodes to visit |
public struct TracePayload: Sendable, Hashable {
  /// Where the hashes begin in the payload.
  static let hashesOffset = 9

  /// Chosen by who asked, to know the answer by.
  public let tag: UInt32
  /// Chosen by who asked.
  public let authenticationCode: UInt32
  /// The width of a hash in bits 0–1; the others are ignored.
  public let flags: UInt8
  /// Where in the frame the hashes are.
  let hashes: Range<Int>

  /// Reads the payload of a TRACE; nil when it is none or is cut short.
  public init?(_ packet: Packet) {
    guard packet.payloadType == .trace, packet.payloadByteCount >= Self.hashesOffset else {
      return nil
    }
    func number(at offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(packet.payloadByte(offset + $1)) << (8 * UInt32($1)) }
    }
    tag = number(at: 0)
    authenticationCode = number(at: 4)
    flags = packet.payloadByte(8)
    hashes = packet.payloadRange.dropFirst(Self.hashesOffset)
  }

  /// Bytes of a key in each hash.
  public var hashWidth: Int { 1 << Int(flags & 3) }
}
