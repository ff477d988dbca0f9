internal import Interlock
public import InterlockRadio

extension TransmitRequest {
  /// What a repeater wants sent, as the queue of its radio takes it.
  public init(_ outgoing: OutgoingFrame) {
    self.init(
      frame: outgoing.bytes, label: outgoing.label, origin: outgoing.origin, kind: outgoing.kind,
      priority: outgoing.priority, delay: outgoing.delay, receivedAt: outgoing.receivedAt)
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
