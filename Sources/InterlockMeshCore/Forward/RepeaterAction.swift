/// Something a repeater wants done.
public enum RepeaterAction: Sendable, Hashable {
  /// Send a frame.
  case transmit(OutgoingFrame)
  /// Look at a packet that was for this node.
  case deliver(Packet, Verdict.Consumption)
}
