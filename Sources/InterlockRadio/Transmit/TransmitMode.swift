/// What the node puts on the air.
public enum TransmitMode: String, Sendable, Hashable, CaseIterable {
  /// Relays and sends its own packets.
  case forward
  /// Receives and sends its own packets, and relays nothing.
  case monitor
  /// Transmits nothing at all.
  case noTx = "no_tx"

  /// Whether a packet of that origin may be sent.
  public func allows(_ origin: TransmitOrigin) -> Bool {
    switch self {
    case .forward: true
    case .monitor: origin == .local
    case .noTx: false
    }
  }
}
