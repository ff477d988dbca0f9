internal import Interlock

/// Keeps what a client holds and ends what it waits for too long: the one owner of its deadlines.
///
/// Leases that are due are renewed in one exchange. All of it is synchronous and runs on the thread of the backend's
/// alarm or of its answers: a body that blocks the pool costs no lease.
final class LockKeeper: Sendable {
  private enum Key: Hashable, Sendable {
    case lease(LockToken)
    case wait(LockToken)
  }

  private struct State: Sendable {
    var deadlines = DeadlineQueue<Key>()
    var leases: [LockToken: Claim] = [:]
    var waits: [LockToken: Claim] = [:]
    var alarm: (any LockAlarm)?
  }

  private let backend: any LockBackend
  private let metrics: LockMetrics
  private let state = Guarded(State())

  init(_ backend: any LockBackend, _ metrics: LockMetrics) {
    self.backend = backend
    self.metrics = metrics
  }

  /// How many requests wait.
  var waiting: Int { state.withLock(\.waits.count) }

  // MARK: Leases

  /// Renews the claim's lease until it ends.
  func keep(_ claim: Claim) {
    state.withLock { $0.leases[claim.token] = claim }
    reschedule([claim])
  }

  /// The claim's lease is given back, or lost.
  func drop(_ claim: Claim) {
    state.withLock { state in
      guard state.leases.removeValue(forKey: claim.token) != nil else { return }
      state.deadlines.set(.lease(claim.token), nil)
    }
  }

  // MARK: Waits

  /// Ends the claim's wait at `deadline`, and lets it be found while it waits.
  func expect(_ claim: Claim, until deadline: Instant?) {
    state.withLock { state in
      state.waits[claim.token] = claim
      state.deadlines.set(.wait(claim.token), deadline)
    }
    if deadline != nil { setAlarm() }
  }

  /// The claim waits no longer.
  func forget(_ claim: Claim) {
    state.withLock { state in
      state.waits[claim.token] = nil
      state.deadlines.set(.wait(claim.token), nil)
    }
  }

  /// The claim that goes by the token, while it waits.
  func waiter(_ token: LockToken) -> Claim? { state.withLock { $0.waits[token] } }

  /// The claims that wait in bodies of the grant that goes by the token.
  func waiters(holding token: LockToken) -> [Claim] {
    state.withLock { Array($0.waits.values) }.filter { claim in
      sequence(first: claim.outer, next: { $0?.outer }).contains { $0?.token == token }
    }
  }

  // MARK: Time

  /// Does what is due.
  private func tick() {
    let now = backend.clock.now
    let (leases, waits) = state.withLock { state -> ([Claim], [Claim]) in
      var (leases, waits) = ([Claim](), [Claim]())
      for key in state.deadlines.takeDue(at: now) {
        switch key {
        case .lease(let token): if let claim = state.leases[token] { leases.append(claim) }
        case .wait(let token): if let claim = state.waits[token] { waits.append(claim) }
        }
      }
      return (leases, waits)
    }
    for claim in waits where claim.withdraw(.timedOut) {
      backend.withdraw(claim.token, of: claim.name)
    }
    var due: [Claim] = []
    for claim in leases {
      switch claim.lease.advance(to: now) {
      case .renew: due.append(claim)
      case .tellLoss(let loss): claim.client.noteLoss(of: claim, loss)
      case nil: break
      }
    }
    reschedule(leases)
    renew(due)
    setAlarm()
  }

  private func renew(_ claims: [Claim]) {
    guard !claims.isEmpty else { return }
    let renewals = claims.map {
      LockRenewal(token: $0.token, name: $0.name, term: $0.request.term)
    }
    backend.renew(renewals) { [weak self] answers in self?.take(answers, for: claims) }
  }

  private func take(_ answers: [LockRenewal.Answer], for claims: [Claim]) {
    let now = backend.clock.now
    for (claim, answer) in zip(claims, answers) {
      let chance = claim.client.chance()
      switch answer {
      case .confirmed(let sent):
        metrics.renewed()
        claim.lease.confirmed(sent: sent, at: now, chance: chance)
      case .unanswered:
        metrics.renewalFailed()
        claim.lease.unanswered(at: now)
      case .refused(let loss):
        if claim.lease.refuse(loss) { claim.client.noteLoss(of: claim, loss) }
      }
    }
    reschedule(claims)
  }

  /// Notes when each is due next, as it is now: of two threads that do this, the later one knows.
  private func reschedule(_ claims: [Claim]) {
    guard !claims.isEmpty else { return }
    state.withLock { state in
      for claim in claims where state.leases[claim.token] != nil {
        state.deadlines.set(.lease(claim.token), claim.lease.nextDeadline)
      }
    }
    setAlarm()
  }

  /// Sets the alarm to what is due next.
  ///
  /// Another thread may do the same with what it knows: whoever sets it last looks again.
  private func setAlarm() {
    var (next, alarm) = state.withLock { ($0.deadlines.next, $0.alarm) }
    let clock = alarm ?? makeAlarm()
    while true {
      clock.set(next)
      let present = state.withLock { $0.deadlines.next }
      if present == next { return }
      next = present
    }
  }

  private func makeAlarm() -> any LockAlarm {
    let made = backend.makeAlarm { [weak self] in self?.tick() }
    return state.withLock { state in
      let alarm = state.alarm ?? made
      state.alarm = alarm
      return alarm
    }
  }
}
