public import Interlock

/// Everything countable about the transmit pipeline at one instant, taken in one step.
public struct TransmitSnapshot: Sendable {
  /// When it was taken.
  public var takenAt: Instant
  /// What was counted.
  public var counters: TransmitCounters
  /// Packets waiting for their delay to end, or for the allowance.
  public var delayed: Int
  /// Packets waiting for their turn.
  public var ready: Int
  /// Packets whose attempt is under way: 0 or 1.
  public var inFlight: Int
  /// What may be transmitted.
  public var mode: TransmitMode
  /// Whether relays are dropped because the radio does not work.
  public var isRadioDown: Bool
  /// What each window of the allowance holds.
  public var airtime: [RollingBudget.Usage]
  /// Sums of the airtime account.
  public var airtimeTotals: AirtimeLedger.Totals

  /// Packets taken and not yet finished.
  public var pending: Int { delayed + ready + inFlight }

  /// Whether no packet was lost or counted twice; always true.
  public var isConserved: Bool {
    let ended = counters.sent + counters.failed + counters.unknown + counters.dropped.total
    return counters.accepted == ended + UInt64(pending)
  }
}
