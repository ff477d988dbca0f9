internal import InterlockCrypto

/// What makes two frames copies of one packet: the first 8 bytes of SHA-256 over its type and payload.
///
/// Route, transport codes and path are not covered, so a packet keeps its hash however it travels. A
/// TRACE also covers the number of signal strengths it has collected, and so may pass a node twice.
/// No value is special; all zeros is a hash like any other.
public struct PacketHash: Sendable, Hashable {
  /// The eight bytes, the first one most significant.
  public let value: UInt64

  /// Takes eight bytes, the first one most significant.
  public init(value: UInt64) {
    self.value = value
  }

  /// Hashes what identifies a packet: its type, for a TRACE its count, and its payload.
  ///
  /// `count` is the path length byte of a TRACE, and nil for every other type.
  package init(type: PayloadType, count: UInt8?, payload: Span<UInt8>) {
    var digest = SHA256()
    if let count {
      // The count is hashed as two bytes, least significant first.
      let prefix: [3 of UInt8] = [type.rawValue, count, 0]
      digest.update(prefix.span)
    } else {
      let prefix: [1 of UInt8] = [type.rawValue]
      digest.update(prefix.span)
    }
    digest.update(payload)
    value = digest.finishPrefix()
  }
}

extension PacketHash: CustomStringConvertible {
  /// Sixteen lower-case hexadecimal digits.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
