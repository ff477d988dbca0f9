public import Interlock

/// What a repeater decided about one frame it heard.
public enum Verdict: Sendable, Hashable {
  /// It is not a packet.
  case rejected(PacketError)
  /// It was heard weakly and is looked at later, when a better copy may have been accepted.
  case held(until: Instant)
  /// It is not passed on.
  case dropped(RefusalReason)
  /// It was for this node.
  case consumed(Consumption)
  /// It is passed on.
  case relayed

  /// In what way a packet was for this node.
  public enum Consumption: String, Sendable, Hashable, CaseIterable {
    /// It was addressed to this node, or to whoever hears it.
    case local
    /// A TRACE that has visited all its hops.
    case endOfPath = "end_of_path"
  }

  /// What was done, and why, in the words of metrics and reports.
  public var reason: String {
    switch self {
    case .rejected(let error): error.rawValue
    case .held: "held"
    case .dropped(let reason): reason.name
    case .consumed(let consumption): consumption.rawValue
    case .relayed: "forward"
    }
  }
}
