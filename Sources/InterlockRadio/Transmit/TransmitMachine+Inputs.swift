public import Interlock

extension TransmitMachine {
  /// Takes a packet, or refuses it at once.
  ///
  /// A relay over budget is refused, or held if its kind is; a local packet over budget is delayed
  /// to the instant at which it fits. While the radio is down relays are refused and local packets
  /// wait for it, each until its own deadline. A packet that can never fit is refused.
  ///
  /// - Returns: its name, if it was taken; it is then finished exactly once.
  public mutating func submit(_ request: TransmitRequest, at now: Instant) -> Submission {
    advanceQueue(to: now)
    guard (1...255).contains(request.frame.count) else { return refuse(request, .invalidFrame) }
    if isStopping { return refuse(request, .shutdown) }
    guard mode.allows(request.origin) else { return refuse(request, .mode) }
    if health.isDown, request.origin == .relay { return refuse(request, .radioDown) }
    let expiry = expiry(of: request)
    guard now < expiry else {
      if let held = staleWarnings.admit(at: now) { emit(.stale(request.label, count: held + 1)) }
      return refuse(request, .stale)
    }
    var delay = request.delay
    if policy.checksOnScheduling {
      switch advise(request, expiry: expiry, at: now) {
      case .refuse(let reason): return refuse(request, reason)
      case .take(let wait):
        if request.origin == .local { delay += wait }
      }
    }
    let due = now.advanced(by: delay)
    guard makeRoom(for: request, due: due, at: now) else { return refuse(request, .queueFull) }
    let id = queue.insert(request, delay: delay, due: due, expiry: expiry, at: now)
    counters.accepted += 1
    counters.originated += request.origin == .local ? 1 : 0
    counters.delays.record(delay)
    return .accepted(id)
  }

  /// Gives a packet up, if it has not been given to the radio yet.
  ///
  /// What is being emitted runs to its end, is debited and counted; it is not tried again.
  public mutating func cancel(_ id: TransmitID, at now: Instant) {
    guard let slot = queue.slot(of: id) else { return }
    if let attempt, attempt.slot == slot {
      if case .emitting = attempt.phase {
        queue.update(slot) { $0.isCancelled = true }
      } else {
        abandonAttempt(.cancelled, at: now)
      }
    } else {
      finish(slot, as: .dropped(.cancelled), at: now)
    }
  }

  /// Changes what may be transmitted, for packets already taken too.
  ///
  /// Those that are waiting are judged when their turn comes.
  public mutating func setMode(_ mode: TransmitMode, at now: Instant) {
    self.mode = mode
    guard let attempt, let packet = queue[attempt.slot], !mode.allows(packet.request.origin) else {
      return
    }
    abandonAttempt(.mode, at: now)
  }

  /// The modem has been given other settings: airtimes are computed anew from now on.
  ///
  /// Only inside the exclusive section.
  ///
  /// - Parameters:
  ///   - lora: modulation and channel.
  ///   - timing: what the modem does with a frame under them; nil for the same as before.
  public mutating func settingsChanged(to lora: LoRaSettings, timing: ModemTiming? = nil) {
    self.lora = lora
    self.timing = timing ?? self.timing
    areSettingsUncertain = false
    ledgerVersion += 1
  }

  /// The modem has not said whether it took other settings: nothing is sent before it has been
  /// re-initialised and told the present ones again.
  public mutating func settingsUnanswered(at now: Instant) {
    areSettingsUncertain = true
    suspectRadio(at: now)
  }

  /// Whether the re-initialisation of that number has to put the present settings in force.
  public func mustRestoreSettings(in call: UInt64) -> Bool {
    guard case .resetting(call, _, _) = activity else { return false }
    return areSettingsUncertain
  }

  /// Changes the allowance.
  ///
  /// Only inside the exclusive section: a grant stays what it was.
  public mutating func setDutyCycle(_ policy: DutyCyclePolicy, at now: Instant) {
    ledger.setPolicy(policy, at: now)
    ledgerVersion += 1
  }

  /// Counts a received frame in the airtime account.
  public mutating func recordReception(ofBytes bytes: Int) {
    ledger.recordReception(timing.frameAirtime(ofBytes: bytes, with: lora))
  }

  /// Drops all that waits and takes nothing more; an emission under way runs to its end.
  ///
  /// A re-initialisation is given the time of one more command: nothing depends on it any more.
  public mutating func shutdown(at now: Instant) {
    isStopping = true
    abandonAttempt(.shutdown, at: now)
    if case .resetting(let call, let since, let deadline) = activity {
      let soon = min(deadline, now.advanced(by: policy.requestLimit))
      activity = .resetting(call: call, since: since, deadline: soon)
    }
    for slot in queue.allSlots where attempt?.slot != slot {
      finish(slot, as: .dropped(.shutdown), at: now)
    }
  }

  /// The consumer has ended: whatever is still uncertain stays debited, until the radio is quiet at
  /// the latest.
  public mutating func stopped(at now: Instant) {
    settleUncertain(isQuiet: false, at: now)
  }

  /// Takes packets again after a shutdown.
  public mutating func restart() {
    isStopping = false
  }

  // MARK: On scheduling

  private enum Advice {
    case take(wait: Duration)
    case refuse(DropReason)
  }

  private mutating func advise(
    _ request: TransmitRequest, expiry: Instant, at now: Instant
  ) -> Advice {
    let airtime = airtime(ofBytes: request.frame.count)
    let mayWait = request.origin == .local || policy.holdsOverBudget.contains(request.kind)
    let fits: Instant
    switch ledger.advice(airtime, share: request.kind.share, at: now) {
    case .fits:
      // What is held has waited longer: the allowance that is left is spoken for.
      guard !mayWait, let slot = queue.next(at: now), let hold = holdInForce(on: slot, at: now)
      else { return .take(wait: .zero) }
      fits = hold
    case .notBefore(let instant):
      fits = instant
    case .never(let reason):
      let drop = dropReason(
        reason, share: request.kind.share, nothingFits: .dutyCycleAdvisory, at: now)
      if drop == .dutyCycleAdvisory {
        announceAdvisory(request, airtime: airtime, wait: nil, at: now)
      } else {
        emit(.neverFits(request.label, reason: drop, airtime: airtime))
      }
      return .refuse(drop)
    }
    let wait = now.duration(to: fits)
    guard mayWait, fits < expiry else {
      announceAdvisory(request, airtime: airtime, wait: wait, at: now)
      return .refuse(.dutyCycleAdvisory)
    }
    if request.origin == .local {
      emit(.deferral(request.label, origin: .local, wait: wait))
      counters.deferred += 1
    }
    return .take(wait: wait)
  }

  private mutating func announceAdvisory(
    _ request: TransmitRequest, airtime: Duration, wait: Duration?, at now: Instant
  ) {
    guard let held = advisoryWarnings.admit(at: now) else { return }
    emit(.advisoryDrop(request.label, airtime: airtime, wait: wait, suppressed: held))
  }

  /// Why a packet never fits: it is too large, unless nothing at all would fit.
  func dropReason(
    _ reason: AirtimeRefusal, share: AirtimeShare, nothingFits: DropReason, at now: Instant
  ) -> DropReason {
    if reason == .exceedsWindow,
      case .never = ledger.advice(.microseconds(1), share: share, at: now)
    {
      return nothingFits
    }
    return DropReason(reason)
  }

  private func expiry(of request: TransmitRequest) -> Instant {
    switch request.origin {
    case .relay: request.receivedAt.advanced(by: policy.maximumAge)
    case .local: request.deadline ?? request.receivedAt.advanced(by: policy.maximumLocalAge)
    }
  }

  /// Makes room for a newcomer, if it is not the one that has to go.
  private mutating func makeRoom(
    for request: TransmitRequest, due: Instant, at now: Instant
  ) -> Bool {
    while queue.waitingCount + heldElsewhere >= policy.capacity {
      switch queue.victim(for: request, due: due, at: now) {
      case .newcomer:
        if let held = fullWarnings.admit(at: now) {
          emit(.queueFull(request.label, count: held + 1))
        }
        return false
      case .packet(let slot):
        finish(slot, as: .dropped(.queueFull), at: now)
      }
    }
    return true
  }

  private mutating func refuse(_ request: TransmitRequest, _ reason: DropReason) -> Submission {
    counters.refused.count(reason)
    switch reason {
    case .mode, .radioDown, .shutdown, .invalidFrame, .cancelled:
      emit(.dropped(request.label, reason: reason))
    case .dutyCycleAdvisory, .dutyCycleGate, .exceedsWindow, .dwell, .stale, .queueFull:
      break  // Said already, with the figures.
    }
    return .refused(reason)
  }
}
