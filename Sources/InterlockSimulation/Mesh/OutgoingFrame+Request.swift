internal import InterlockMeshCore
internal import InterlockRadio

extension TransmitRequest {
  /// What a repeater wants sent, as its queue takes it.
  init(_ outgoing: OutgoingFrame) {
    let kind: PacketKind =
      switch outgoing.kind {
      case .acknowledgement: .acknowledgement
      case .direct, .trace, .control: .direct
      case .flood: .flood
      case .advert: .advert
      }
    self.init(
      frame: outgoing.bytes,
      label: PacketLabel(
        identifier: outgoing.hash.value, type: outgoing.kind.rawValue,
        route: outgoing.kind.rawValue),
      origin: outgoing.origin == .relay ? .relay : .local, kind: kind,
      priority: outgoing.priority, delay: outgoing.delay, receivedAt: outgoing.receivedAt)
  }
}
