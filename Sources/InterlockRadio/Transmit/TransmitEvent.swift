/// How much an operator should care.
public enum EventLevel: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Ordinary decisions.
  case debug
  /// What the node does.
  case info
  /// What limits it.
  case warning
  /// What fails.
  case error

  private var rank: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .warning: 2
    case .error: 3
    }
  }

  /// Whether `left` matters less.
  public static func < (left: EventLevel, right: EventLevel) -> Bool { left.rank < right.rank }
}

/// Something the transmit pipeline did that belongs in a log.
///
/// *Source:* radio specification, section 5.8.
public enum TransmitEvent: Sendable, Hashable {
  /// A packet was on the air.
  case sent(TransmitReport)
  /// On scheduling, the allowance was spent; `suppressed` warnings like it were held back.
  case advisoryDrop(PacketLabel, airtime: Duration, wait: Duration?, suppressed: Int)
  /// At its turn, the allowance was spent.
  case gateDrop(PacketLabel, airtime: Duration, wait: Duration?)
  /// It can never fit: larger than the allowance or than one transmission may be.
  case neverFits(PacketLabel, reason: DropReason, airtime: Duration)
  /// A packet waits for the allowance.
  case deferral(PacketLabel, origin: TransmitOrigin, wait: Duration)
  /// A packet is tried again.
  case retry(PacketLabel, attempt: Int, wait: Duration, cause: ModemError)
  /// The radio did not send, or would not confirm.
  case radioFailure(PacketLabel, attempt: Int, outcome: String, cause: ModemError)
  /// The channel never became free.
  case listenExhausted(PacketLabel, elapsed: Duration, attempts: Int, sends: Bool)
  /// The queue was full; `count` packets had to go since the last such line.
  case queueFull(PacketLabel, count: Int)
  /// Packets became too old; `count` since the last such line.
  case stale(PacketLabel, count: Int)
  /// A packet was refused or dropped for an ordinary reason.
  case dropped(PacketLabel, reason: DropReason)
  /// Too many failures in a row: relays are dropped until the radio works.
  case breakerOpened(failures: Int)
  /// The radio works again.
  case breakerClosed
  /// The radio was re-initialised after it had not answered.
  case reinitialised
  /// The radio could not be re-initialised; it is tried again.
  case reinitialisationFailed(ModemError)

  /// How much an operator should care.
  public var level: EventLevel {
    switch self {
    case .sent, .deferral, .retry, .breakerClosed, .reinitialised: .info
    case .dropped: .debug
    case .advisoryDrop, .gateDrop, .neverFits, .listenExhausted, .queueFull, .stale,
      .breakerOpened, .reinitialisationFailed:
      .warning
    case .radioFailure: .error
    }
  }

  /// What happened, in words that do not change from one packet to the next.
  public var message: String {
    switch self {
    case .sent: "Retransmitted packet"
    case .advisoryDrop: "Packet dropped on scheduling: duty-cycle exceeded"
    case .gateDrop: "Packet dropped at TX time: duty-cycle exceeded"
    case .neverFits: "Packet dropped: it never fits"
    case .deferral: "Packet deferred: duty-cycle exceeded"
    case .retry: "Retrying packet"
    case .radioFailure: "Retransmit failed"
    case .listenExhausted: "Channel stayed busy"
    case .queueFull: "Packets dropped: queue full"
    case .stale: "Packets dropped: too old"
    case .dropped: "Packet dropped"
    case .breakerOpened: "Radio down: relays are dropped"
    case .breakerClosed: "Radio up"
    case .reinitialised: "Radio re-initialised"
    case .reinitialisationFailed: "Radio could not be re-initialised"
    }
  }
}
