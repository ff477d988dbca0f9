package import InterlockMeshCore

/// One rule of `repeater.rules`: every condition that is set must hold.
package struct RuleEntry: DefaultConstructible, Hashable {
  package var action = ForwardingRule.Action.drop
  package var types: [String] = []
  package var route: String?
  package var fewestHops: Int?
  package var mostHops: Int?
  package var fewestPayloadBytes: Int?
  package var mostPayloadBytes: Int?
  package var fewestFrameBytes: Int?
  package var mostFrameBytes: Int?
  package var pathHashBytes: Int?
  package var pathContains: [UInt8]?
  package var hasTransportCodes: Bool?
  package var channelHash: [UInt8]?
  package var channel: String?
  package var sender: String?
  package var text: String?
  package var weakerThanDB: Double?
  package var weakerThanDBm: Int?

  package init() {}

  /// The rule the repeater follows.
  package var rule: ForwardingRule {
    var rule = ForwardingRule(action)
    if !types.isEmpty {
      rule.types = Set(PayloadType.all.filter { types.contains($0.description) })
    }
    rule.route = Route.allCases.first { $0.description == route }
    rule.hops = Self.range(fewestHops, mostHops, upTo: PathField.maximumHops)
    rule.payloadBytes = Self.range(
      fewestPayloadBytes, mostPayloadBytes, upTo: Packet.maximumPayloadBytes)
    rule.frameBytes = Self.range(fewestFrameBytes, mostFrameBytes, upTo: Packet.maximumFrameBytes)
    rule.hashSize = pathHashBytes
    rule.hasTransportCodes = hasTransportCodes
    rule.channelHash = channelHash?.first
    rule.channel = channel
    rule.sender = sender.map { TextPattern($0) }
    rule.text = text.map { TextPattern($0) }
    rule.weakerThanDBm = weakerThanDBm
    rule.pathContains = pathContains
    rule.weakerThanQuarterDB = weakerThanDB.map { Int(($0 * 4).rounded()) }
    return rule
  }

  /// The range two options span; nil when neither is set.
  private static func range(
    _ fewest: Int?, _ most: Int?, upTo greatest: Int
  ) -> ClosedRange<Int>? {
    guard fewest != nil || most != nil else { return nil }
    let fewest = fewest ?? 0
    return fewest...max(fewest, most ?? greatest)
  }
}

extension PayloadType {
  /// All sixteen, in the order of their codes.
  static var all: [PayloadType] { (0..<16).map { PayloadType(rawValue: $0) } }
}
