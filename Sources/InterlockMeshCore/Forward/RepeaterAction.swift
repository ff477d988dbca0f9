/// Something a repeater wants done.
public enum RepeaterAction: Sendable, Hashable {
  /// Send a frame.
  case transmit(OutgoingFrame)
  /// Look at a packet that was for this node.
  case deliver(Packet, Verdict.Consumption)
  /// Take note of a packet to which the rule at that place applies.
  case noteRule(Int, Packet)
  /// Take note that an advertiser is barred from now on, for so long.
  case noteBar(PublicKey, Duration)
  /// Answer a client of the remote administration.
  case administer(AdminTask)
  /// Take note of what the remote administration did.
  case note(AdminEvent)
  /// Store the clients of the remote administration.
  case storeAccess
}
