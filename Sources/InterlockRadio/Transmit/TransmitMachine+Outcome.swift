public import Interlock

extension TransmitMachine {
  /// Ends an attempt: debit, health, counters, and either the packet's end or another attempt.
  ///
  /// It is `abandoned` when the modem never answered and has to be re-initialised.
  mutating func end(
    _ attempt: Attempt, as outcome: TransmitOutcome, abandoned: Bool, at now: Instant
  ) {
    activity = .idle
    guard let packet = queue[attempt.slot] else { return }
    if case .emitting(_, let since, _) = attempt.phase {
      counters.sendDurations.record(since.duration(to: now))
    }
    settle(attempt, as: outcome, abandoned: abandoned, at: now)
    switch outcome {
    case .sent(let onAir):
      if let onAir { queue.update(attempt.slot) { $0.airtime = onAir.duration } }
      finish(attempt.slot, as: .sent, at: now)
      noteHealth(health.succeeded(), at: now)
    case .notSent(let error):
      emitFailure(of: packet, "not_sent", error)
      endNotSent(attempt, packet, error, at: now)
      noteHealth(health.failed(abandoned: abandoned, at: now), at: now)
    case .unknown(let error, _):
      emitFailure(of: packet, "unknown", error)
      finish(attempt.slot, as: .unknown(error), at: now)
      noteHealth(health.failed(abandoned: abandoned, at: now), at: now)
    }
  }

  private mutating func emitFailure(
    of packet: QueuedPacket, _ outcome: String, _ cause: ModemError
  ) {
    emit(
      .radioFailure(
        packet.request.label, attempt: packet.attempts, outcome: outcome, cause: cause))
  }

  /// A local packet is tried again a while later, with the section free in between.
  private mutating func endNotSent(
    _ attempt: Attempt, _ packet: QueuedPacket, _ error: ModemError, at now: Instant
  ) {
    let again = now.advanced(by: policy.retryDelay)
    guard packet.request.origin == .local, packet.attempts < policy.localAttempts,
      !packet.isCancelled, !isStopping, again < packet.expiry
    else {
      finish(attempt.slot, as: .failed(error), at: now)
      return
    }
    emit(
      .retry(
        packet.request.label, attempt: packet.attempts + 1, wait: policy.retryDelay, cause: error))
    queue.putBack(attempt.slot, due: again, at: now)
  }

  /// Gives an attempt up before the radio was asked to emit; does nothing once it was.
  mutating func abandonAttempt(_ reason: DropReason, at now: Instant) {
    guard let attempt else { return }
    switch attempt.phase {
    case .emitting:
      return
    case .toRecord, .recording, .toListen, .toSend, .launching:
      activity = .idle
    case .listening(let call, let deadline):
      activity = .awaitingListen(call: call, deadline: deadline)
    }
    refund(attempt, at: now)
    finish(attempt.slot, as: .dropped(reason), at: now)
  }

  // MARK: The account

  /// When a transmission that passes the gate now is over at the latest, also if this program is
  /// killed in the middle of it: it is recorded, the channel is listened to, and the modem is given its
  /// deadline and, if it does not answer, as long again.
  func latestEnd(of airtime: Duration, from now: Instant) -> Instant {
    var time = policy.recordLimit + sendLimit(airtime: airtime) * 2
    if policy.listensBeforeTalk {
      time += policy.listenLimit + longestReception + policy.listenRequestLimit
    }
    return now.advanced(by: time)
  }

  /// How long the modem may take over a frame before it is taken for stuck.
  func sendLimit(airtime: Duration) -> Duration {
    timing.sendDeadline.limit(
      airtime: airtime, longestAirtime: self.airtime(ofBytes: LoRaSettings.longestFrameBytes))
  }

  /// How long a packet that is arriving is waited for.
  var longestReception: Duration {
    timing.frameAirtime(ofBytes: LoRaSettings.longestFrameBytes, with: lora) * 3 / 2
  }

  /// Settles the reservation of an attempt.
  ///
  /// A send that was given up may be on the air until the radio has been re-initialised: until then
  /// its reservation stays as it is, counted whole.
  private mutating func settle(
    _ attempt: Attempt, as outcome: TransmitOutcome, abandoned: Bool, at now: Instant
  ) {
    if abandoned, case .unknown = outcome {
      settleUncertain(isQuiet: false, at: now)
      uncertain = (attempt.reservation, outcome)
    } else {
      ledger.settle(attempt.reservation, as: outcome, at: now)
      ledgerVersion += 1
    }
  }

  mutating func refund(_ attempt: Attempt, at now: Instant) {
    let reason = ModemError(.refused, "given up before emission")
    ledger.settle(attempt.reservation, as: .notSent(reason), at: now)
    ledgerVersion += 1
  }

  /// Settles what was kept whole: as ended now if the radio is known to be quiet, otherwise as ending
  /// when it is quiet at the latest.
  mutating func settleUncertain(isQuiet: Bool, at now: Instant) {
    guard let uncertain else { return }
    self.uncertain = nil
    var outcome = uncertain.outcome
    if isQuiet, case .unknown(let error, _) = outcome { outcome = .unknown(error) }
    ledger.settle(uncertain.reservation, as: outcome, at: now)
    ledgerVersion += 1
  }

  // MARK: The radio's health

  /// Takes how a re-initialisation ended; nil: well.
  public mutating func resetEnded(_ call: UInt64, error: ModemError?, at now: Instant) {
    guard case .resetting(call, _, _) = activity else {
      counters.lateAnswers += 1
      return
    }
    activity = .idle
    if let error {
      emit(.reinitialisationFailed(error))
      noteHealth(health.resetFailed(at: now), at: now)
    } else {
      settleUncertain(isQuiet: true, at: now)
      areSettingsUncertain = false
      counters.reinitialisations += 1
      emit(.reinitialised)
      health.resetSucceeded()
    }
  }

  /// The device is there again: a re-initialisation that waits for its time is due now.
  public mutating func radioReturned(at now: Instant) {
    health.returned(at: now)
  }

  /// Asks for a re-initialisation before the next transmission.
  public mutating func suspectRadio(at now: Instant) {
    health.suspect(at: now)
  }

  mutating func noteHealth(_ change: RadioHealth.Change, at now: Instant) {
    switch change {
    case .none: break
    case .closed: emit(.breakerClosed)
    case .opened(let failures):
      counters.breakerOpenings += 1
      emit(.breakerOpened(failures: failures))
      for slot in queue.allSlots where queue[slot]?.request.origin == .relay {
        finish(slot, as: .dropped(.radioDown), at: now)
      }
    }
  }
}
