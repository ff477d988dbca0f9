package import Interlock
public import InterlockRadio

extension TransmitRequest {
  /// What a repeater wants sent, as the queue of its radio takes it.
  public init(_ outgoing: OutgoingFrame) {
    self.init(
      frame: outgoing.bytes, label: outgoing.label, origin: outgoing.origin, kind: outgoing.kind,
      priority: outgoing.priority, delay: outgoing.delay, receivedAt: outgoing.receivedAt)
  }

  /// A packet of the node's own, at the priority such a packet has.
  ///
  /// *Source:* radio specification, section 2.8.
  package init(ownPacket packet: Packet, at now: Instant) {
    let isFlood = packet.route.isFlood
    let kind: PacketKind =
      switch packet.payloadType {
      case .advert: .advert
      case .acknowledgement: .acknowledgement
      default: isFlood ? .flood : .direct
      }
    let priority =
      switch (isFlood, packet.payloadType) {
      case (true, .path): 2
      case (true, .advert): 3
      case (true, _): 1
      case (false, .path): 1
      case (false, _): 0
      }
    self.init(
      frame: packet.frame,
      label: PacketLabel(
        identifier: packet.packetHash.value, type: "\(packet.payloadType)",
        route: "\(packet.route)"),
      origin: .local, kind: kind, priority: priority, receivedAt: now)
  }
}

extension OutgoingFrame {
  /// What logs call it.
  var label: PacketLabel {
    // What a repeater builds always parses; a name is wanted in any case.
    let packet = try? Packet(parsing: bytes)
    return PacketLabel(
      identifier: hash.value, type: packet?.payloadType.description ?? "",
      route: packet?.route.description ?? "")
  }
}
