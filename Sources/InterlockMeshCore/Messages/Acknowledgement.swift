internal import InterlockCrypto
internal import InterlockWire

/// The payload of an ACK: the checksum of the text that arrived.
///
/// | Offset | Size | Field |
/// | --- | --- | --- |
/// | 0 | 4 | checksum |
/// | 4 | 1 | attempt beyond the two bits of the text's flags, from newer senders |
/// | 5 | 1 | random, so that repeats are distinct packets |
public struct Acknowledgement: Sendable, Hashable {
  /// Bytes in the checksum, and in the shortest acknowledgement.
  public static let checksumBytes = 4

  /// First four bytes of SHA-256 over the text and who sent it, as a little-endian number.
  public var checksum: UInt32
  /// Whatever follows the checksum; two bytes from newer senders.
  public var extra: [UInt8]

  /// The acknowledgement with this checksum.
  public init(checksum: UInt32, extra: [UInt8] = []) {
    self.checksum = checksum
    self.extra = extra
  }

  /// Reads a payload; nil when it is shorter than a checksum.
  public init?(parsing payload: ArraySlice<UInt8>) {
    var reader = ByteReader(payload)
    guard let checksum = reader.uint32() else { return nil }
    self.checksum = checksum
    extra = Array(reader.takeRest())
  }

  /// The acknowledgement of a text: SHA-256(timestamp ‖ flags ‖ text ‖ sender's key), first 4 bytes.
  ///
  /// - Parameters:
  ///   - timestamp: The text's.
  ///   - flags: The text's, attempt included.
  ///   - text: Without terminator.
  ///   - sender: The key of the node that sent it.
  public init(timestamp: UInt32, flags: UInt8, text: [UInt8], sender: PublicKey) {
    var writer = ByteWriter(capacity: 5)
    writer.uint32(timestamp)
    writer.uint8(flags)
    var digest = SHA256()
    digest.update(writer.bytes.span)
    digest.update(text.span)
    sender.value.withSpan { digest.update($0) }
    self.init(checksum: UInt32(truncatingIfNeeded: digest.finishPrefix() >> 32).byteSwapped)
  }

  /// The payload that says this.
  public var payload: [UInt8] {
    var writer = ByteWriter(capacity: Self.checksumBytes + extra.count)
    writer.uint32(checksum)
    writer.append(extra)
    return writer.bytes
  }
}
