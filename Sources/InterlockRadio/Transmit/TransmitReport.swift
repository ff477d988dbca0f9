public import Interlock

/// How an accepted packet ended.
public enum TransmitResult: Sendable, Hashable {
  /// It was on the air.
  case sent
  /// The radio failed before emission, at the last attempt.
  case failed(ModemError)
  /// It may or may not have been on the air.
  case unknown(ModemError)
  /// It was never given to the radio, or not again.
  case dropped(DropReason)
}

/// What became of an accepted packet, with what it cost.
public struct TransmitReport: Sendable, Hashable {
  /// The packet's name in logs.
  public var label: PacketLabel
  /// Whether it was relayed or the node's own.
  public var origin: TransmitOrigin
  /// What it was to the queue.
  public var kind: PacketKind
  /// The frame's length.
  public var bytes: Int
  /// How it ended.
  public var result: TransmitResult
  /// Its time on air at the settings of its last attempt; zero when it never had one.
  public var airtime: Duration
  /// The delay it was given on submission, waiting for the allowance included.
  public var delay: Duration
  /// How often it was given to the radio.
  public var attempts: Int
  /// How often the channel was listened to for it.
  public var listenAttempts: Int
  /// How long it waited for the channel, in all.
  public var listenBackoff: Duration
  /// When it was accepted.
  public var acceptedAt: Instant
  /// When it ended.
  public var finishedAt: Instant
}

/// Why a local transmission did not succeed.
public enum TransmitError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It was dropped before it was sent.
  case dropped(DropReason)
  /// The radio failed at every attempt; it was not on the air.
  case failed(ModemError)
  /// It may or may not have been on the air; sending it again could duplicate it.
  case unknown(ModemError)

  /// Whether only time was missing: it was sent neither before its deadline nor would the allowance
  /// have been there by then.
  public var isTooLate: Bool {
    switch self {
    case .dropped(.stale), .dropped(.dutyCycleAdvisory), .dropped(.dutyCycleGate): true
    case .dropped, .failed, .unknown: false
    }
  }

  /// What happened, without the advice.
  public var what: String {
    switch self {
    case .dropped(let reason): "the packet was dropped before it was sent (\(reason))"
    case .failed(let cause): "the radio did not send the packet (\(cause.what))"
    case .unknown(let cause): "the radio did not confirm the packet (\(cause.what))"
    }
  }

  /// What a person can do about it; nil when nothing better than the cause can be said.
  public var remedy: String? {
    switch self {
    case .dropped: nil
    case .failed(let cause): cause.remedy ?? "try again later"
    case .unknown: "sending it again may duplicate it"
    }
  }

  /// What happened and what to do.
  public var description: String { remedy.map { "\(what); \($0)" } ?? what }
}
