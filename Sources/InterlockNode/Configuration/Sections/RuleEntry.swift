package import InterlockMeshCore

/// One rule of `repeater.rules`: every condition that is set must hold.
package struct RuleEntry: DefaultConstructible, Hashable {
  package var action = ForwardingRule.Action.drop
  package var types: [String] = []
  package var fewestHops: Int?
  package var mostHops: Int?
  package var fewestPayloadBytes: Int?
  package var mostPayloadBytes: Int?
  package var pathContains: [UInt8]?
  package var weakerThanDB: Double?

  package init() {}

  /// The rule the repeater follows.
  package var rule: ForwardingRule {
    var rule = ForwardingRule(action)
    if !types.isEmpty {
      rule.types = Set(PayloadType.all.filter { types.contains($0.description) })
    }
    if fewestHops != nil || mostHops != nil {
      let fewest = fewestHops ?? 0
      rule.hops = fewest...max(fewest, mostHops ?? PathField.maximumHops)
    }
    if fewestPayloadBytes != nil || mostPayloadBytes != nil {
      let fewest = fewestPayloadBytes ?? 0
      rule.payloadBytes = fewest...max(fewest, mostPayloadBytes ?? Packet.maximumPayloadBytes)
    }
    rule.pathContains = pathContains
    rule.weakerThanQuarterDB = weakerThanDB.map { Int(($0 * 4).rounded()) }
    return rule
  }
}

extension PayloadType {
  /// All sixteen, in the order of their codes.
  static var all: [PayloadType] { (0..<16).map { PayloadType(rawValue: $0) } }
}
