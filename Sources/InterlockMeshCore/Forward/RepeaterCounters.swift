/// What a repeater has counted since it was made.
///
/// Every received frame ends in exactly one verdict.
public struct RepeaterCounters: Sendable, Hashable {
  /// Frames heard, whatever became of them.
  public internal(set) var received: UInt64 = 0
  /// Packets heard as floods.
  public internal(set) var receivedFlood: UInt64 = 0
  /// Packets heard along a path.
  public internal(set) var receivedDirect: UInt64 = 0
  /// Copies of accepted packets, heard as floods.
  public internal(set) var duplicateFlood: UInt64 = 0
  /// Copies of accepted packets, heard along a path.
  public internal(set) var duplicateDirect: UInt64 = 0
  /// Floods passed on.
  public internal(set) var relayedFlood: UInt64 = 0
  /// Direct packets passed on.
  public internal(set) var relayedDirect: UInt64 = 0
  /// Packets that were for this node.
  public internal(set) var consumed: UInt64 = 0
  /// Packets of this node's own.
  public internal(set) var originated: UInt64 = 0
  /// Floods that were held back for a better copy.
  public internal(set) var held: UInt64 = 0
  /// Accepted packets that never went out and may be accepted again.
  public internal(set) var forgotten: UInt64 = 0
  /// Signatures verified.
  public internal(set) var verifications: UInt64 = 0

  private var drops = [UInt64](repeating: 0, count: RefusalReason.allCases.count)
  private var rejects = [UInt64](repeating: 0, count: PacketError.allCases.count)

  init() {}

  /// Packets dropped for a reason, since the counters began.
  public func dropped(_ reason: RefusalReason) -> UInt64 { drops[Int(reason.rawValue)] }

  /// Frames that were no packets, by what was wrong.
  public func rejected(_ error: PacketError) -> UInt64 {
    PacketError.allCases.firstIndex(of: error).map { rejects[$0] } ?? 0
  }

  mutating func count(_ verdict: Verdict, isFlood: Bool) {
    switch verdict {
    case .rejected(let error):
      if let index = PacketError.allCases.firstIndex(of: error) { rejects[index] += 1 }
    case .held:
      held += 1
    case .dropped(let reason):
      drops[Int(reason.rawValue)] += 1
      if reason == .duplicate {
        if isFlood { duplicateFlood += 1 } else { duplicateDirect += 1 }
      }
    case .consumed:
      consumed += 1
    case .relayed:
      if isFlood { relayedFlood += 1 } else { relayedDirect += 1 }
    }
  }
}
