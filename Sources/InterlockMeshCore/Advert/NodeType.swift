/// What a node is: a number, not a set of bits.
///
/// A sensor (4) is no room server with a bit more, and a room server (3) is not a chat node and a
/// repeater at once.
public struct NodeType: RawRepresentable, Sendable, Hashable {
  /// The number on the air, 0…15.
  public let rawValue: UInt8

  /// The type of a number, of which the low four bits count.
  public init(rawValue: UInt8) { self.rawValue = rawValue & 15 }

  /// It does not say.
  public static let none = NodeType(rawValue: 0)
  /// A person's node.
  public static let chat = NodeType(rawValue: 1)
  /// A repeater.
  public static let repeater = NodeType(rawValue: 2)
  /// A server that keeps messages for a group.
  public static let roomServer = NodeType(rawValue: 3)
  /// A sensor.
  public static let sensor = NodeType(rawValue: 4)
}

extension NodeType: CustomStringConvertible {
  /// Its name in logs and reports.
  public var description: String {
    switch self {
    case .none: "none"
    case .chat: "chat"
    case .repeater: "repeater"
    case .roomServer: "room server"
    case .sensor: "sensor"
    default: "type \(rawValue)"
    }
  }
}
