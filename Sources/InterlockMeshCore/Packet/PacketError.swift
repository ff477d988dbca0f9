/// Why a frame is not a packet.
///
/// The names are stable: metrics and reports use them.
/// The cases are in the order the checks are made; the first that fails is the reason.
public enum PacketError: String, Error, Sendable, Hashable, CaseIterable {
  /// There is not one byte.
  case empty
  /// More bytes than a radio sends in one frame.
  case frameTooLong = "frame_too_long"
  /// The version bits are not those of version 1.
  case unsupportedVersion = "unsupported_version"
  /// The frame ends inside the transport codes.
  case truncatedTransportCodes = "truncated_transport_codes"
  /// The frame ends after the header.
  case truncatedHeader = "truncated_header"
  /// The frame ends after the transport codes.
  case missingPathLength = "missing_path_len"
  /// The hash size is the one nobody has defined.
  case reservedHashSize = "reserved_hash_size"
  /// The path would be longer than 64 bytes.
  case pathTooLong = "path_too_long"
  /// The frame ends inside the path.
  case truncatedPath = "truncated_path"
  /// The payload is longer than 184 bytes.
  case payloadTooLarge = "payload_too_large"
}

extension PacketError: CustomStringConvertible {
  /// The reason and the rule it breaks.
  public var description: String {
    let rule =
      switch self {
      case .empty: "a packet has at least a header and a path length"
      case .frameTooLong: "a frame has at most \(Packet.maximumFrameBytes) bytes"
      case .unsupportedVersion: "the version bits must be 0"
      case .truncatedTransportCodes: "this route has 4 bytes of transport codes"
      case .truncatedHeader: "the frame ends after its header byte"
      case .missingPathLength: "the frame ends before its path length"
      case .reservedHashSize: "hops are named by 1, 2 or 3 bytes"
      case .pathTooLong: "a path has at most \(PathField.maximumBytes) bytes"
      case .truncatedPath: "the frame ends inside its path"
      case .payloadTooLarge: "a payload has at most \(Packet.maximumPayloadBytes) bytes"
      }
    return "\(rawValue): \(rule)"
  }
}
