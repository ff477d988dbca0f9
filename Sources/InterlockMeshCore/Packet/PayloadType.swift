/// What a packet carries: bits 2–5 of the header.
///
/// All sixteen values are types, some of them unnamed.
public struct PayloadType: RawRepresentable, Sendable, Hashable {
  /// The code, 0…15.
  public let rawValue: UInt8

  /// Makes a type of the low four bits of `rawValue`.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue & 15
  }

  /// An encrypted request.
  public static let request = PayloadType(rawValue: 0)
  /// The encrypted answer to a request.
  public static let response = PayloadType(rawValue: 1)
  /// An encrypted text message.
  public static let text = PayloadType(rawValue: 2)
  /// The checksum of a text that arrived.
  public static let acknowledgement = PayloadType(rawValue: 3)
  /// A signed announcement of a node.
  public static let advert = PayloadType(rawValue: 4)
  /// Text encrypted for a channel.
  public static let groupText = PayloadType(rawValue: 5)
  /// Data encrypted for a channel.
  public static let groupData = PayloadType(rawValue: 6)
  /// A request that brings its sender's key.
  public static let anonymousRequest = PayloadType(rawValue: 7)
  /// A path found by a flood, returned encrypted.
  public static let path = PayloadType(rawValue: 8)
  /// A probe that collects signal strengths along a path.
  public static let trace = PayloadType(rawValue: 9)
  /// A part of something longer, or a repeated acknowledgement.
  public static let multipart = PayloadType(rawValue: 10)
  /// Discovery and other control between neighbours.
  public static let control = PayloadType(rawValue: 11)
  /// Bytes of the application's own.
  public static let rawCustom = PayloadType(rawValue: 15)

  /// Whether a repeater may pass a flood of this type on.
  public var mayBeFlooded: Bool { rawValue <= PayloadType.path.rawValue }

  /// The shortest payload that is complete, in bytes; a packet with less is not passed on.
  ///
  /// *Source:* the fixed fields of each type, and one byte of ciphertext where there is one.
  public var minimumPayloadBytes: Int {
    switch self {
    case .request, .response, .text, .path: 5
    case .acknowledgement: 4
    case .advert: 100
    case .groupText, .groupData: 4
    case .anonymousRequest: 36
    case .trace: 9
    default: 1
    }
  }
}

extension PayloadType: CustomStringConvertible {
  /// The name the protocol uses for it.
  public var description: String {
    switch self {
    case .request: "REQ"
    case .response: "RESPONSE"
    case .text: "TXT_MSG"
    case .acknowledgement: "ACK"
    case .advert: "ADVERT"
    case .groupText: "GRP_TXT"
    case .groupData: "GRP_DATA"
    case .anonymousRequest: "ANON_REQ"
    case .path: "PATH"
    case .trace: "TRACE"
    case .multipart: "MULTIPART"
    case .control: "CONTROL"
    case .rawCustom: "RAW_CUSTOM"
    default: "RESERVED_" + String(rawValue, radix: 16, uppercase: true)
    }
  }
}
