/// Every bound and option of the transmit pipeline, in one place.
///
/// *Source:* radio specification, sections 5.3 and 5.5–5.7.
public struct TransmitPolicy: Sendable, Hashable {
  // MARK: Queue

  /// Packets waiting for a delay, for the allowance or for their turn, and those held elsewhere.
  public var capacity = 64
  /// How old a relayed packet may become, counted from its reception.
  public var maximumAge = Duration.seconds(60)
  /// How long a local packet without a deadline of its own may wait: an hour, the window of the
  /// usual rules, so that it can wait for its allowance.
  public var maximumLocalAge = Duration.seconds(3600)
  /// The age at which an acknowledgement is the first to be evicted.
  public var acknowledgementAge = Duration.seconds(10)
  /// How long a packet is ready before it begins to gain urgency.
  public var ageingAfter = Duration.seconds(10)
  /// The time in which it gains one level.
  public var ageingStep = Duration.seconds(1)
  /// Packets of priority 0 sent in a row while another waits.
  public var urgentRun = 8

  // MARK: Allowance

  /// Whether the allowance is looked at on scheduling too, sparing packets a pointless wait.
  public var checksOnScheduling = true
  /// Relayed packets that wait for the allowance instead of being dropped.
  public var holdsOverBudget: Set<PacketKind> = [.direct, .acknowledgement]

  /// How long a transmission waits for the account, its own airtime included, to be where a crash
  /// does not reach it; zero: it is not asked for.
  public var recordLimit = Duration.zero

  // MARK: Attempts

  /// How often a local packet is given to the radio, if it fails before emission.
  public var localAttempts = 2
  /// From a failure to the next attempt.
  public var retryDelay = Duration.milliseconds(1000)
  /// How long the radio may take over one command other than to transmit; how many a request takes,
  /// and how long a transmission may, the modem says (`ModemTiming`).
  public var requestLimit = Duration.seconds(5)

  // MARK: Listen before talk

  /// Whether the channel is listened to before each transmission.
  public var listensBeforeTalk = true
  /// How long the radio may take to say whether the channel is free; longer than drivers wait for an
  /// answer, so that a slow device is one that cannot tell and not a broken one.
  public var listenRequestLimit = Duration.seconds(2)
  /// How long a packet waits for a free channel; a packet that is arriving then may finish.
  public var listenLimit = Duration.milliseconds(4000)
  /// The back-off between two attempts is drawn from this range, in microseconds.
  public var listenBackoffMicroseconds: ClosedRange<Int> = 120_000...360_000
  /// What happens when the channel stays occupied for that long.
  public var listenExhaustion = ListenExhaustion.sends

  // MARK: Radio failure

  /// Failed transmissions in a row after which the radio counts as down.
  public var breakerThreshold = 3
  /// How often a radio that is down is tried.
  public var probeInterval = Duration.seconds(5)
  /// From a failed re-initialisation to the next; doubles up to `probeInterval`.
  public var resetBackoff = Duration.seconds(1)

  // MARK: Log

  /// The least time between two warnings of one kind; those between are counted.
  public var warningInterval = Duration.seconds(10)

  /// Makes the default policy.
  public init() {}
}

/// What happens to a packet for which the channel never became free.
public enum ListenExhaustion: String, Sendable, Hashable, CaseIterable {
  /// It is sent all the same.
  case sends = "send"
  /// It goes back to the queue once, and is sent all the same the second time.
  case requeuesOnce = "requeue"
}
