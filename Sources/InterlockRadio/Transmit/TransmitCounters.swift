/// What the transmit pipeline has counted since it was made.
///
/// *Source:* radio specification, section 7.2.
public struct TransmitCounters: Sendable, Hashable {
  /// Requests that were taken.
  public internal(set) var accepted: UInt64 = 0
  /// Of those, the node's own.
  public internal(set) var originated: UInt64 = 0
  /// Packets that were on the air, on a known path and for everybody.
  public internal(set) var sentDirect: UInt64 = 0
  /// Packets for everybody that were on the air.
  public internal(set) var sentFlood: UInt64 = 0
  /// Of those sent, relays on a known path.
  public internal(set) var relayedDirect: UInt64 = 0
  /// Of those sent, relays for everybody.
  public internal(set) var relayedFlood: UInt64 = 0
  /// Packets the radio failed to send.
  public internal(set) var failed: UInt64 = 0
  /// Packets that may or may not have been on the air.
  public internal(set) var unknown: UInt64 = 0
  /// Packets dropped after they were taken, by reason.
  public internal(set) var dropped = DropCounts()
  /// Requests not taken, by reason.
  public internal(set) var refused = DropCounts()
  /// Second attempts.
  public internal(set) var retries: UInt64 = 0
  /// Packets that had to wait for the allowance.
  public internal(set) var deferred: UInt64 = 0
  /// How often the channel was found occupied.
  public internal(set) var listenBusy: UInt64 = 0
  /// Packets for which it never became free.
  public internal(set) var listenExhausted: UInt64 = 0
  /// How often the radio was taken for down.
  public internal(set) var breakerOpenings: UInt64 = 0
  /// How often it was re-initialised.
  public internal(set) var reinitialisations: UInt64 = 0
  /// Answers of the radio that came after it had been given up, and changed nothing.
  public internal(set) var lateAnswers: UInt64 = 0
  /// Events nobody took in time.
  public internal(set) var eventsLost: UInt64 = 0
  /// Airtime of packets sent.
  public internal(set) var airtimeSent = Duration.zero
  /// Airtime of packets that may have been sent.
  public internal(set) var airtimeUncertain = Duration.zero

  /// Packets that were on the air.
  public var sent: UInt64 { sentDirect + sentFlood }

  /// The delay each packet was given.
  public internal(set) var delays = DurationHistogram()
  /// From acceptance to the turn.
  public internal(set) var timesQueued = DurationHistogram()
  /// Waiting for a free channel.
  public internal(set) var listenWaits = DurationHistogram()
  /// From handing a frame to the radio to its answer.
  public internal(set) var sendDurations = DurationHistogram()
  /// Time on air of what was given to the radio.
  public internal(set) var airtimes = DurationHistogram()

  mutating func finished(_ report: TransmitReport) {
    switch report.result {
    case .sent:
      let isRelay = report.origin == .relay
      if report.kind.isFlooded {
        sentFlood += 1
        relayedFlood += isRelay ? 1 : 0
      } else {
        sentDirect += 1
        relayedDirect += isRelay ? 1 : 0
      }
      airtimeSent += report.airtime
    case .failed: failed += 1
    case .unknown:
      unknown += 1
      airtimeUncertain += report.airtime
    case .dropped(let reason): dropped.count(reason)
    }
  }
}
