public import InterlockRadio

/// Something a repeater did that belongs in a log or on a screen.
public enum RepeaterEvent: Sendable, Hashable {
  /// A frame was decided about, at once or after it was held back.
  case decided(Verdict, ReceivedFrame)
  /// A packet was for this node.
  case delivered(Packet, Verdict.Consumption)
  /// The node announced itself.
  case announced(AdvertSchedule.Reach)
  /// A packet met the conditions of the operator's rule at that place, which only notes it.
  case ruleApplied(Int, Packet)
  /// An advertiser kept exceeding its limit: for so long none of its adverts is passed on.
  case advertiserBarred(PublicKey, Duration)
  /// An accepted packet was not sent, and may be accepted again.
  case forgotten(PacketHash)

  /// How much an operator should care.
  public var level: EventLevel {
    switch self {
    case .decided, .delivered, .forgotten: .debug
    case .announced, .ruleApplied, .advertiserBarred: .info
    }
  }
}
