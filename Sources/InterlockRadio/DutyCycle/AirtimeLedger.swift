public import Interlock

/// The account of a transmitter's time on air under one policy: asked and debited in one step.
///
/// Whatever the policy, every transmission is recorded in one `RollingBudget`, so the policy may change
/// at any time and the new one starts from what was really sent. It is a plain value: the transmit
/// pipeline holds it and hands it the time.
///
/// A grant is debited at once and must be settled exactly once, when the radio's outcome is known:
/// `sent` keeps the debit (measured, where the radio measures), `notSent` gives it back, `unknown`
/// keeps it and is marked.
///
/// *Complexity:* that of `RollingBudget`, logarithmic in the transmissions remembered, of which there
/// are at most `RollingBudget.maximumEntries`.
public struct AirtimeLedger: Sendable {
  /// How long transmissions are remembered, whatever the policy: as long as any window may be, so
  /// that a longer one set later starts from what was really sent.
  public static let retention = DutyCyclePolicy.longestWindow

  /// Sums since the ledger was made.
  public struct Totals: Sendable, Hashable {
    /// Confirmed transmissions.
    public internal(set) var sentCount = 0
    /// Their time on air.
    public internal(set) var sent = Duration.zero
    /// Transmissions whose outcome is unknown.
    public internal(set) var unknownCount = 0
    /// Their time on air, if they were.
    public internal(set) var unknown = Duration.zero
    /// Transmissions that were granted and definitely not made.
    public internal(set) var notSentCount = 0
    /// Frames received.
    public internal(set) var receivedCount = 0
    /// Their time on air.
    public internal(set) var received = Duration.zero
  }

  /// The rule in force.
  public private(set) var policy: DutyCyclePolicy
  /// Sums since the ledger was made.
  public private(set) var totals = Totals()
  /// What was sent, and what is in force of it.
  package private(set) var budget: RollingBudget
  /// The firmware's bucket, under that policy.
  private var bucket: FirmwareBudget?
  /// Until when the firmware's policy keeps silent after a transmission.
  private var silentUntil = Instant(nanoseconds: .min)

  /// Makes a ledger in which nothing was sent.
  ///
  /// - Parameters:
  ///   - policy: The rule; it must be valid.
  ///   - now: The present instant.
  public init(policy: DutyCyclePolicy, at now: Instant) {
    self.policy = policy
    budget = RollingBudget(
      limits: [],
      caps: [
        RollingBudget.Cap(covers: [.flood, .advert], permille: 1000),
        RollingBudget.Cap(covers: .advert, permille: 1000),
      ],
      retention: Self.retention)
    setPolicy(policy, at: now)
  }

  /// Puts another rule in force; all that was sent and is being sent counts under it.
  public mutating func setPolicy(_ policy: DutyCyclePolicy, at now: Instant) {
    self.policy = policy
    var counting = RollingBudget.Counting.overlap
    if case .counter = policy.model { counting = .whole }
    budget.setLimits(
      policy.limits, capPermille: [policy.floodPermille, policy.advertPermille],
      counting: counting)
    silentUntil = Instant(nanoseconds: .min)
    bucket = nil
    if case .firmwareBudget(let settings) = policy.model {
      refillBucket(settings, at: now)
    }
  }

  /// Debits `airtime` if it may be sent now, and says when or why not otherwise.
  ///
  /// - Parameters:
  ///   - airtime: How long the transmission lasts.
  ///   - share: What it counts as.
  ///   - overBy: When it will be over at the latest, whatever happens to this program; a saved account
  ///     counts it as ended then. Nil: as if it began when it is saved.
  ///   - now: The present instant.
  /// - Returns: The grant, or when it fits, or why it never does.
  public mutating func reserve(
    _ airtime: Duration, share: AirtimeShare, overBy: Instant? = nil, at now: Instant
  ) -> AirtimeAdmission {
    if let longest = policy.maxSingleTransmission, airtime > longest { return .never(.dwell) }
    if let wait = bucketWait(at: now) { return .notBefore(wait) }
    switch budget.reserve(airtime, share: share.kinds, overBy: overBy, at: now) {
    case .granted(let id): return .granted(id)
    case .notBefore(let instant): return .notBefore(instant)
    case .never: return .never(.exceedsWindow)
    }
  }

  /// What `reserve` would answer; nothing is debited, and nobody may take it as a promise.
  public func advice(
    _ airtime: Duration, share: AirtimeShare, at now: Instant
  ) -> AirtimeAdvice {
    if let longest = policy.maxSingleTransmission, airtime > longest { return .never(.dwell) }
    if bucket != nil {
      var copy = self
      if let wait = copy.bucketWait(at: now) { return .notBefore(wait) }
    }
    guard let instant = budget.earliest(for: airtime, share: share.kinds, at: now) else {
      return .never(.exceedsWindow)
    }
    return instant <= max(now, budget.latestInstant) ? .fits : .notBefore(instant)
  }

  /// Ends a reservation with the radio's outcome.
  ///
  /// Without a measured interval the transmission is taken to have ended as late as it can have:
  /// now, or when the radio is quiet at the latest. A reservation that does not exist, or is settled
  /// a second time, changes nothing.
  ///
  /// - Returns: Whether there was such a reservation.
  @discardableResult
  public mutating func settle(
    _ id: RollingBudget.ReservationID, as outcome: TransmitOutcome, at now: Instant
  ) -> Bool {
    guard let reservation = budget.reservation(id) else {
      return budget.settle(id, as: .notSent)  // counted as a stray there
    }
    switch outcome {
    case .notSent:
      totals.notSentCount += 1
      return budget.settle(id, as: .notSent)
    case .sent(let measured):
      let interval = Self.interval(of: reservation, measured: measured, at: now)
      totals.sentCount += 1
      totals.sent += interval.duration
      debitBucket(interval.duration, at: now)
      return budget.settle(id, as: .sent(start: interval.start, end: interval.end))
    case .unknown(_, let quietBy):
      // Nor can it have begun before its grant.
      let earliest = reservation.grantedAt.advanced(by: reservation.amount)
      let end = max(now, quietBy ?? now, earliest)
      let interval = AirInterval(start: end.advanced(by: .zero - reservation.amount), end: end)
      totals.unknownCount += 1
      totals.unknown += interval.duration
      guard policy.debitsUnknown else { return budget.settle(id, as: .notSent) }
      debitBucket(interval.duration, at: now)
      return budget.settle(id, as: .unknown(start: interval.start, end: interval.end))
    }
  }

  /// Counts a received frame.
  public mutating func recordReception(_ airtime: Duration) {
    totals.receivedCount += 1
    totals.received += max(.zero, airtime)
  }

  /// What each window holds at `now`; under the firmware's budget, what its bucket lacks.
  ///
  /// With a share: only what counts in it, against its part of each allowance.
  public func utilisation(
    share: AirtimeShare = .full, at now: Instant
  ) -> [RollingBudget.Usage] {
    if let bucket {
      let capacity = Duration.milliseconds(bucket.settings.capacityMilliseconds)
      let limit = RollingBudget.Limit(window: bucket.settings.window, allowance: capacity)
      return [
        RollingBudget.Usage(
          limit: limit, spent: capacity - .milliseconds(bucket.milliseconds),
          pending: budget.pendingAmount)
      ]
    }
    return budget.usage(cap: share.cap, at: now)
  }

  /// What was on the air in the last `window`, whatever the policy; at most `retention` is
  /// remembered.
  public func airtime(inLast window: Duration, at now: Instant) -> Duration {
    budget.spent(in: window, at: now)
  }

  /// The hint that the reference of the rolling minute gives with a refusal: the time until the
  /// oldest transmission leaves the window, which may not be enough, or a second if there is none.
  ///
  /// `reserve` and `advice` give the exact instant instead; this is for comparison.
  public func referenceWait(window: Duration, at now: Instant) -> Duration {
    guard let leaves = budget.oldestLeaves(window: window, at: now) else { return .seconds(1) }
    return now.duration(to: leaves)
  }

  /// Adds a transmission known from before a restart.
  mutating func restore(end: Instant, amounts: [Duration]) {
    budget.restoreSpend(end: end, amounts: amounts)
  }

  /// Brings the firmware's bucket in line with what was restored.
  mutating func finishRestoring(at now: Instant) {
    if let bucket { refillBucket(bucket.settings, at: now) }
  }
}

// MARK: - Intervals and the firmware's bucket

extension AirtimeLedger {
  /// When a transmission was on the air, as far as can be believed: no longer than the time since
  /// its grant unless that is what was reserved, and not in the future.
  private static func interval(
    of reservation: RollingBudget.Reservation, measured: AirInterval?, at now: Instant
  ) -> AirInterval {
    let elapsed = reservation.grantedAt.duration(to: now)
    let longest = max(reservation.amount, elapsed)
    let length = min(measured?.duration ?? reservation.amount, longest)
    let end = min(measured?.end ?? now, max(now, reservation.grantedAt.advanced(by: length)))
    return AirInterval(start: end.advanced(by: .zero - length), end: end)
  }

  /// A bucket that has lost what was sent in its window: never more than the true one would hold.
  private mutating func refillBucket(_ settings: FirmwareBudget.Settings, at now: Instant) {
    let sent = budget.spent(in: settings.window, at: now).nanoseconds
    bucket = FirmwareBudget(
      settings, holding: settings.capacityMilliseconds - Int((sent + 999_999) / 1_000_000),
      at: Self.milliseconds(now))
  }

  private mutating func bucketWait(at now: Instant) -> Instant? {
    guard bucket != nil else { return nil }
    if now < silentUntil { return silentUntil }
    let held = Int(budget.pendingAmount.nanoseconds / 1_000_000)
    return bucket?.wait(holding: held, at: Self.milliseconds(now)).map {
      now.advanced(by: .milliseconds(max(1, $0)))
    }
  }

  private mutating func debitBucket(_ airtime: Duration, at now: Instant) {
    guard
      let silence = bucket?.debit(
        milliseconds: Int(airtime.nanoseconds / 1_000_000), at: Self.milliseconds(now))
    else { return }
    if silence > 0 { silentUntil = now.advanced(by: .milliseconds(silence)) }
  }

  private static func milliseconds(_ instant: Instant) -> Int64 {
    instant.nanoseconds / 1_000_000
  }
}

extension AirtimeShare {
  /// The budget's cap that limits it, by position.
  var cap: Int? {
    switch self {
    case .full: nil
    case .flood: 0
    case .advert: 1
    }
  }
}
