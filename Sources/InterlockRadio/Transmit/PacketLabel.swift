/// How a packet is named in logs and records.
///
/// The pipeline does not look into frames; whoever made the packet says what it is.
public struct PacketLabel: Sendable, Hashable, CustomStringConvertible {
  /// The first eight bytes of the packet's hash, the first byte highest.
  public var identifier: UInt64
  /// The payload type, as `TXT_MSG`.
  public var type: String
  /// The route, as `flood`.
  public var route: String

  /// Makes a label.
  public init(identifier: UInt64, type: String, route: String) {
    self.identifier = identifier
    self.type = type
    self.route = route
  }

  /// Makes a label from the first bytes of a hash; bytes missing from eight count as zero.
  public init(hash: some Sequence<UInt8>, type: String, route: String) {
    var identifier: UInt64 = 0
    var shift = 64
    for byte in hash.prefix(8) {
      shift -= 8
      identifier |= UInt64(byte) << UInt64(shift)
    }
    self.init(identifier: identifier, type: type, route: route)
  }

  /// The identifier as sixteen upper-case hexadecimal digits.
  public var description: String {
    let digits = String(identifier, radix: 16, uppercase: true)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
