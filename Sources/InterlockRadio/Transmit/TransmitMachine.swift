public import Interlock

/// Decides what the radio sends, and when: the whole transmit pipeline but for its waiting.
///
/// It has no clock, no tasks and no modem. It is told the time with each input and keeps what has
/// to be told to others as effects, which its owner takes out after each step. Its owner is one
/// consumer that loops over two questions: `poll` outside the exclusive section of the radio, `enter`
/// and then `step` inside it.
///
/// The life of a packet:
///
/// ```text
/// submit ─► delayed ─► ready ─► attempt: gate ─► (record) ─► listening ─► emission ─► finished
///              ▲         ▲                │          │            │
///              │         └── held ◄───────┤          │            │
///              └──── local, over budget ──┘          │            │
///              ▲──── requeued once ◄── never free ◄──┘            │
///              └──── local, second attempt ◄── not sent ◄─────────┘
/// ```
///
/// The gate is where the allowance is checked **and** debited, in one step (`AirtimeLedger.reserve`);
/// what is reserved stays debited until the outcome is known. Whatever is asked before, on
/// scheduling, is advice.
///
/// *Invariants:* at most one attempt at a time; every accepted packet is finished exactly once;
/// `accepted = sent + failed + unknown + dropped + pending` after every step; a reservation is
/// settled exactly once.
///
/// *Complexity:* each input is logarithmic in the number of packets waiting, but for `shutdown` and
/// the opening of the breaker, which visit all of them.
public struct TransmitMachine: Sendable {
  /// Events kept until they are taken; the ends of packets are always kept.
  static let effectLimit = 4096

  private(set) var policy: TransmitPolicy
  var queue: TransmitQueue
  var ledger: AirtimeLedger
  /// Grows whenever airtime may have become free, so that a hold can be looked at again.
  var ledgerVersion: UInt64 = 0
  var health: RadioHealth
  var generator: SeededGenerator
  var lora: LoRaSettings
  var timing: ModemTiming

  var activity = Activity.idle
  var lastCall: UInt64 = 0
  /// The reservation of a send that was given up, kept whole until the radio is known to be quiet.
  var uncertain: (reservation: RollingBudget.ReservationID, outcome: TransmitOutcome)?
  /// The modem may have taken settings without saying so, or may yet.
  var areSettingsUncertain = false
  var isStopping = false

  /// What may be transmitted.
  public internal(set) var mode: TransmitMode
  /// Packets held elsewhere that count against the same bound, as receptions on hold do.
  public var heldElsewhere = 0

  var counters = TransmitCounters()
  private var effects = Deque<TransmitEffect>()
  var advisoryWarnings: WarningLimiter
  var fullWarnings: WarningLimiter
  var staleWarnings: WarningLimiter

  /// Makes an idle machine.
  ///
  /// - Parameters:
  ///   - lora: the modem's present settings, from which airtime follows.
  ///   - timing: what the modem does with a frame on its own.
  ///   - ledger: the airtime account; the machine is its only user from now on.
  ///   - mode: what may be transmitted.
  ///   - policy: bounds and options.
  ///   - seed: what back-offs are drawn from.
  public init(
    lora: LoRaSettings, timing: ModemTiming = ModemTiming(), ledger: AirtimeLedger,
    mode: TransmitMode = .forward, policy: TransmitPolicy = TransmitPolicy(), seed: UInt64
  ) {
    self.policy = policy
    self.lora = lora
    self.timing = timing
    self.ledger = ledger
    self.mode = mode
    queue = TransmitQueue(policy: policy)
    health = RadioHealth(policy: policy)
    generator = SeededGenerator(seed: seed)
    advisoryWarnings = WarningLimiter(interval: policy.warningInterval)
    fullWarnings = WarningLimiter(interval: policy.warningInterval)
    staleWarnings = WarningLimiter(interval: policy.warningInterval)
  }

  // MARK: Questions

  /// Asks what to do while the exclusive section is not held.
  public mutating func poll(at now: Instant) -> TransmitWork {
    advanceQueue(to: now)
    if isStopping { return .stop }
    if let due = health.resetDue {
      return due <= now ? .takeSection : .wait(until: earliest(due, queue.nextTimer))
    }
    guard let slot = queue.next(at: now) else { return .wait(until: queue.nextTimer) }
    guard let hold = holdInForce(on: slot, at: now) else { return .takeSection }
    return .wait(until: earliest(hold, queue.nextTimer))
  }

  /// Asks what to do on having taken the exclusive section: passes one packet through the gate.
  public mutating func enter(at now: Instant) -> TransmitStep {
    advanceQueue(to: now)
    if !isStopping, health.resetDue == nil, case .idle = activity { passGate(at: now) }
    return step(at: now)
  }

  /// Asks what to do while the exclusive section is held.
  public mutating func step(at now: Instant) -> TransmitStep {
    advanceQueue(to: now)
    return nextStep(at: now)
  }

  /// Takes out the next thing that has to be told to others, in order; nil when there is none.
  public mutating func nextEffect() -> TransmitEffect? { effects.popFirst() }

  /// Everything countable, at one instant.
  public func snapshot(at now: Instant) -> TransmitSnapshot {
    TransmitSnapshot(
      takenAt: now, counters: counters, delayed: queue.delayedCount, ready: queue.readyCount,
      inFlight: attempt == nil ? 0 : 1, mode: mode, isRadioDown: health.isDown,
      airtime: ledger.utilisation(at: now), airtimeTotals: ledger.totals)
  }

  /// Puts other bounds and options in force; times that were set already stay as they are.
  public mutating func setPolicy(_ policy: TransmitPolicy) {
    self.policy = policy
    queue.policy = policy
    health.policy = policy
    advisoryWarnings.interval = policy.warningInterval
    fullWarnings.interval = policy.warningInterval
    staleWarnings.interval = policy.warningInterval
  }

  // MARK: Finishing

  /// Ends an accepted packet; the only place where that happens.
  mutating func finish(_ slot: Int, as result: TransmitResult, at now: Instant) {
    guard let packet = queue.remove(slot) else { return }
    let report = packet.report(result, at: now)
    counters.finished(report)
    effects.append(.finished(packet.id, report))
    switch result {
    case .sent: emit(.sent(report))
    case .failed, .unknown: break
    case .dropped(let reason): announceDrop(of: packet, reason, at: now)
    }
  }

  private mutating func announceDrop(of packet: QueuedPacket, _ reason: DropReason, at now: Instant)
  {
    let label = packet.request.label
    switch reason {
    case .stale:
      if let held = staleWarnings.admit(at: now) { emit(.stale(label, count: held + 1)) }
    case .queueFull:
      if let held = fullWarnings.admit(at: now) { emit(.queueFull(label, count: held + 1)) }
    case .dutyCycleGate, .exceedsWindow, .dwell:
      break  // The gate has said it, with the figures.
    case .dutyCycleAdvisory, .radioDown, .mode, .cancelled, .shutdown, .invalidFrame:
      emit(.dropped(label, reason: reason))
    }
  }

  /// Keeps an event to be told; when nobody takes them, no more than a bound of them.
  mutating func emit(_ event: TransmitEvent) {
    guard effects.count < Self.effectLimit else {
      counters.eventsLost += 1
      return
    }
    effects.append(.event(event))
  }

  // MARK: Time

  /// How long the radio occupies the air for a frame: what the allowance is asked for.
  func airtime(ofBytes bytes: Int) -> Duration { timing.airtime(ofBytes: bytes, with: lora) }

  mutating func advanceQueue(to now: Instant) {
    for slot in queue.advance(to: now) { finish(slot, as: .dropped(.stale), at: now) }
    if let expiry = attemptExpiry, expiry <= now { abandonAttempt(.stale, at: now) }
  }

  /// When the packet whose turn it is becomes too old; nil once the radio has it.
  private var attemptExpiry: Instant? {
    guard let attempt, !attempt.isEmitting else { return nil }
    return queue[attempt.slot]?.expiry
  }

  /// Waits inside the section, until `instant` at most; nil for no such bound.
  func wait(until instant: Instant?) -> TransmitStep {
    .wait(until: [instant, queue.nextTimer, attemptExpiry].compactMap(\.self).min())
  }

  /// Until when a packet is held for the allowance, if that is still so.
  func holdInForce(on slot: Int, at now: Instant) -> Instant? {
    guard let hold = queue[slot]?.hold, hold.ledgerVersion == ledgerVersion, now < hold.until
    else { return nil }
    return hold.until
  }

  private func earliest(_ left: Instant, _ right: Instant?) -> Instant {
    right.map { min(left, $0) } ?? left
  }
}
