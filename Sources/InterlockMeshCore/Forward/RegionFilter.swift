/// Whether a flood may be passed on in the regions of this node.
struct RegionFilter: Sendable {
  private let allowed: [RegionRule]
  private let allowsUnscoped: Bool

  init(_ configuration: RepeaterConfiguration) {
    allowed = configuration.regions.prefix(RegionRule.maximumCount).filter(\.allowsFlood)
    allowsUnscoped = configuration.allowsUnscopedFlood
  }

  func allows(_ packet: Packet) -> Bool {
    guard let codes = packet.transportCodes else { return allowsUnscoped }
    // A region never makes a code of 0, so codes 0/0 match none.
    guard codes.region != 0 else { return false }
    return allowed.contains { $0.code(for: packet) == codes.region }
  }
}
