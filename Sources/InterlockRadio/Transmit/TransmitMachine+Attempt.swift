public import Interlock

extension TransmitMachine {
  /// What is being done inside the exclusive section.
  enum Activity: Sendable {
    case idle
    case attempting(Attempt)
    /// An attempt was given up while the modem was asked about the channel; it is still asked.
    case awaitingListen(call: UInt64, deadline: Instant)
    case resetting(call: UInt64, since: Instant, deadline: Instant)
  }

  /// One packet that has passed the gate.
  struct Attempt: Sendable {
    enum Phase: Sendable {
      case toRecord
      case recording(call: UInt64, deadline: Instant)
      case toListen(at: Instant)
      case listening(call: UInt64, deadline: Instant)
      case toSend
      case launching(call: UInt64)
      case emitting(call: UInt64, since: Instant, deadline: Instant)
    }

    let slot: Int
    let reservation: RollingBudget.ReservationID
    let airtime: Duration
    var listener: ChannelListener
    var phase: Phase

    var isEmitting: Bool {
      if case .emitting = phase { true } else { false }
    }
  }

  var attempt: Attempt? {
    if case .attempting(let attempt) = activity { attempt } else { nil }
  }

  // MARK: The gate

  /// Takes the next packet that may be sent, and with it the airtime it needs.
  ///
  /// Nothing happens between the check and the debit: they are one call. From here on the airtime
  /// is spent unless the radio says that it was not.
  mutating func passGate(at now: Instant) {
    while let slot = queue.next(at: now), holdInForce(on: slot, at: now) == nil,
      let packet = queue[slot]
    {
      let request = packet.request
      guard mode.allows(request.origin) else {
        finish(slot, as: .dropped(.mode), at: now)
        continue
      }
      let airtime = airtime(ofBytes: request.frame.count)
      let overBy = latestEnd(of: airtime, from: now)
      switch ledger.reserve(airtime, share: request.kind.share, overBy: overBy, at: now) {
      case .granted(let reservation):
        begin(slot, reservation: reservation, airtime: airtime, at: now)
        return
      case .notBefore(let instant):
        overBudget(slot, packet, airtime: airtime, fits: instant, at: now)
      case .never(let reason):
        let drop = dropReason(
          reason, share: request.kind.share, nothingFits: .dutyCycleGate, at: now)
        if drop == .dutyCycleGate {
          emit(.gateDrop(request.label, airtime: airtime, wait: nil))
        } else {
          emit(.neverFits(request.label, reason: drop, airtime: airtime))
        }
        finish(slot, as: .dropped(drop), at: now)
      }
    }
  }

  private mutating func begin(
    _ slot: Int, reservation: RollingBudget.ReservationID, airtime: Duration, at now: Instant
  ) {
    queue.take(slot)
    queue.update(slot) { packet in
      packet.airtime = airtime
      packet.hold = nil
    }
    if let packet = queue[slot], packet.attempts == 0 {
      counters.timesQueued.record(packet.acceptedAt.duration(to: now))
    }
    var attempt = Attempt(
      slot: slot, reservation: reservation, airtime: airtime, listener: listener(at: now),
      phase: .toRecord)
    if policy.recordLimit <= .zero { beginListening(&attempt, at: now) }
    activity = .attempting(attempt)
  }

  private func listener(at now: Instant) -> ChannelListener {
    ChannelListener(
      startedAt: now, limit: policy.listenLimit,
      longestReception: longestReception)
  }

  private func beginListening(_ attempt: inout Attempt, at now: Instant) {
    attempt.listener = listener(at: now)
    attempt.phase = policy.listensBeforeTalk ? .toListen(at: now) : .toSend
  }

  /// A packet whose turn came while the allowance is spent: it waits if it may and can.
  ///
  /// One of priority 0 keeps its place, and with it holds up all that is less urgent: what it waits
  /// for is not given to others. The rest come back when they fit.
  private mutating func overBudget(
    _ slot: Int, _ packet: QueuedPacket, airtime: Duration, fits: Instant, at now: Instant
  ) {
    let request = packet.request
    let wait = now.duration(to: fits)
    let mayWait = request.origin == .local || policy.holdsOverBudget.contains(request.kind)
    guard mayWait, fits < packet.expiry else {
      emit(.gateDrop(request.label, airtime: airtime, wait: wait))
      finish(slot, as: .dropped(.dutyCycleGate), at: now)
      return
    }
    if !packet.wasDeferred {
      counters.deferred += 1
      emit(.deferral(request.label, origin: request.origin, wait: wait))
      queue.update(slot) { $0.wasDeferred = true }
    }
    if packet.isUrgent {
      let hold = QueuedPacket.Hold(until: fits, ledgerVersion: ledgerVersion)
      queue.update(slot) { $0.hold = hold }
    } else {
      queue.putBack(slot, due: fits, at: now)
    }
  }

  // MARK: In the section

  mutating func nextStep(at now: Instant) -> TransmitStep {
    switch activity {
    case .idle:
      guard !isStopping, let due = health.resetDue, due <= now else { return .leave }
      let call = nextCall()
      let commands = timing.resetCommands + (areSettingsUncertain ? timing.applyCommands : 0)
      let deadline = now.advanced(by: policy.requestLimit * commands)
      activity = .resetting(call: call, since: now, deadline: deadline)
      return .reset(call: call)
    case .attempting(let attempt):
      return nextStep(of: attempt, at: now)
    case .awaitingListen(_, let deadline):
      guard now >= deadline else { return wait(until: deadline) }
      activity = .idle
      noteHealth(health.failed(abandoned: true, at: now), at: now)
      return nextStep(at: now)
    case .resetting(let call, let since, let deadline):
      guard now >= deadline else { return wait(until: deadline) }
      let error = ModemError(.timedOut, "no answer to a reset within \(since.duration(to: now))")
      resetEnded(call, error: error, at: now)
      return nextStep(at: now)
    }
  }

  private mutating func nextStep(of attempt: Attempt, at now: Instant) -> TransmitStep {
    var attempt = attempt
    switch attempt.phase {
    case .toRecord:
      let call = nextCall()
      attempt.phase = .recording(call: call, deadline: now.advanced(by: policy.recordLimit))
      activity = .attempting(attempt)
      return .record(call: call)
    case .recording(_, let deadline):
      guard now >= deadline else { return wait(until: deadline) }
      // A disk that does not answer is no reason to be silent; whoever records reports it.
      beginListening(&attempt, at: now)
      activity = .attempting(attempt)
      return nextStep(of: attempt, at: now)
    case .toListen(let instant):
      guard now >= instant else { return wait(until: instant) }
      let call = nextCall()
      attempt.phase = .listening(
        call: call, deadline: now.advanced(by: policy.listenRequestLimit))
      activity = .attempting(attempt)
      return .listen(call: call)
    case .listening(_, let deadline):
      guard now >= deadline else { return wait(until: deadline) }
      let error = ModemError(
        .timedOut, "no answer about the channel within \(policy.listenRequestLimit)")
      end(attempt, as: .notSent(error), abandoned: true, at: now)
      return nextStep(at: now)
    case .toSend:
      let call = nextCall()
      attempt.phase = .launching(call: call)
      activity = .attempting(attempt)
      return .send(call: call)
    case .launching:
      return wait(until: nil)
    case .emitting(_, let since, let deadline):
      guard now >= deadline else { return wait(until: deadline) }
      let limit = since.duration(to: deadline)
      let error = ModemError(.timedOut, "no outcome within \(limit)")
      // A radio that is never re-initialised is given as long again.
      let quietBy = now.advanced(by: limit)
      end(attempt, as: .unknown(error, quietBy: quietBy), abandoned: true, at: now)
      return nextStep(at: now)
    }
  }

  private mutating func nextCall() -> UInt64 {
    lastCall += 1
    return lastCall
  }

  // MARK: Answers

  /// The account, with what is about to be sent, is where a crash does not reach it, or cannot be
  /// brought there.
  public mutating func recorded(_ call: UInt64, at now: Instant) {
    guard var attempt, case .recording(call, _) = attempt.phase else {
      counters.lateAnswers += 1
      return
    }
    beginListening(&attempt, at: now)
    activity = .attempting(attempt)
  }

  /// Takes what listening found; nil when the modem could not tell.
  public mutating func heard(_ call: UInt64, _ activity: ChannelActivity?, at now: Instant) {
    if case .awaitingListen(call, _) = self.activity {
      self.activity = .idle
      return
    }
    guard var attempt, case .listening(call, _) = attempt.phase else {
      counters.lateAnswers += 1
      return
    }
    let backoff = Duration.microseconds(
      Int.random(in: policy.listenBackoffMicroseconds, using: &generator))
    let verdict = attempt.listener.heard(activity, at: now, backoff: backoff)
    if verdict != .go { counters.listenBusy += 1 }
    switch verdict {
    case .go:
      attempt.phase = .toSend
    case .again(let instant):
      attempt.phase = .toListen(at: instant)
    case .exhausted:
      counters.listenExhausted += 1
      if giveBack(attempt, at: now) { return }
      attempt.phase = .toSend
    }
    self.activity = .attempting(attempt)
    if case .toSend = attempt.phase { noteListening(attempt, at: now) }
  }

  /// Returns a packet to the queue for which the channel never became free, if the policy is so and
  /// it happened for the first time.
  private mutating func giveBack(_ attempt: Attempt, at now: Instant) -> Bool {
    guard let packet = queue[attempt.slot] else { return false }
    let returns = policy.listenExhaustion == .requeuesOnce && !packet.returnedFromListening
    emit(
      .listenExhausted(
        packet.request.label, elapsed: attempt.listener.elapsed(at: now),
        attempts: attempt.listener.attempts, sends: !returns))
    guard returns else { return false }
    noteListening(attempt, at: now)
    refund(attempt, at: now)
    activity = .idle
    queue.update(attempt.slot) { $0.returnedFromListening = true }
    queue.putBack(attempt.slot, due: now, at: now)
    return true
  }

  private mutating func noteListening(_ attempt: Attempt, at now: Instant) {
    let elapsed = attempt.listener.elapsed(at: now)
    counters.listenWaits.record(elapsed)
    queue.update(attempt.slot) { packet in
      packet.listenAttempts += attempt.listener.attempts
      packet.listenBackoff += elapsed
    }
  }

  /// Asks, in the task that will transmit and directly before it does, whether it still may.
  ///
  /// - Returns: the frame to transmit; nil if the attempt was given up meanwhile.
  public mutating func launch(_ call: UInt64, at now: Instant) -> [UInt8]? {
    guard var attempt, case .launching(call) = attempt.phase, let packet = queue[attempt.slot]
    else { return nil }
    guard now < packet.expiry else {
      abandonAttempt(.stale, at: now)
      return nil
    }
    let deadline = now.advanced(by: sendLimit(airtime: attempt.airtime))
    attempt.phase = .emitting(call: call, since: now, deadline: deadline)
    activity = .attempting(attempt)
    queue.update(attempt.slot) { $0.attempts += 1 }
    counters.airtimes.record(attempt.airtime)
    counters.retries += packet.attempts > 0 ? 1 : 0
    return packet.request.frame
  }

  /// Takes how a transmission ended.
  public mutating func completed(_ call: UInt64, _ outcome: TransmitOutcome, at now: Instant) {
    guard let attempt, case .emitting(call, _, _) = attempt.phase else {
      counters.lateAnswers += 1
      return
    }
    end(attempt, as: outcome, abandoned: false, at: now)
  }
}
