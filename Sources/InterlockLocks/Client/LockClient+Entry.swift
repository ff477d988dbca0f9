internal import Interlock

extension LockClient {
  /// Waits for a lock of one's own.
  ///
  /// - Throws: `LockError`; `CancellationError`.
  func enter(
    _ name: LockName, _ mode: LockMode, _ timeout: Duration?, _ options: LockOptions
  ) async throws -> Claim {
    let (claim, isHeld) = try ask(name, mode, timeout, options, in: Claim.innermost)
    if !isHeld { try await wait(for: claim, timeout) }
    return claim
  }

  /// Asks for a lock; the way that does not suspend.
  ///
  /// - Throws: `LockError`; `CancellationError`.
  /// - Returns: the claim, and whether it holds the lock already; if not, it has to be waited for.
  func ask(
    _ name: LockName, _ mode: LockMode, _ timeout: Duration?, _ options: LockOptions,
    in outer: Claim?
  ) throws -> (claim: Claim, isHeld: Bool) {
    if Task.isCancelled { throw CancellationError() }
    if let fault = options.fault(mode: mode, timeout: timeout) {
      throw LockError(name, .invalidOption(fault))
    }
    let begun = clock.now
    let request = LockRequest(
      name, mode, token: backend.session.nextToken(), term: options.term, waits: timeout != .zero,
      floor: options.fenceFloor, reason: options.reason, asked: begun)
    let claim = Claim(self, request, options, begun: begun, outer: outer)
    do throws(LockRefusal) {
      guard let grant = try backend.request(request, claim.take) else { return (claim, false) }
      claim.begin(grant, at: begun)
      noteGrant(of: claim, hasWaited: false)
      return (claim, true)
    } catch {
      throw failure(error, of: claim, timeout)
    }
  }

  /// Waits for a claim that stands in line.
  ///
  /// - Throws: `LockError`; `CancellationError`.
  func wait(for claim: Claim, _ timeout: Duration?) async throws {
    // A request that does not wait is answered without being withdrawn.
    let limit = timeout == .zero ? nil : timeout
    switch await outcome(of: claim, until: limit.map { claim.begun.advanced(by: $0) }) {
    case .granted: noteGrant(of: claim, hasWaited: true)
    case .refused(let refusal): throw failure(refusal, of: claim, timeout)
    }
  }

  private func outcome(of claim: Claim, until deadline: Instant?) async -> Claim.Answer {
    keeper.expect(claim, until: deadline)
    defer { keeper.forget(claim) }
    if claim.checksForDeadlocks { breakDeadlock(of: claim) }
    return await withTaskCancellationHandler {
      await claim.answer
    } onCancel: {
      if claim.withdraw(.cancelled) { backend.withdraw(claim.token, of: claim.name) }
    }
  }

  /// Ends a circle of waiting that this request closes.
  private func breakDeadlock(of claim: Claim) {
    guard claim.outer != nil else { return }
    let search = DeadlockSearch(backend: backend, keeper: keeper)
    // Seen twice: a wait that ended while the first look went round has left no circle.
    guard let circle = search.circle(through: claim),
      search.circle(through: claim)?.map(\.token) == circle.map(\.token),
      let victim = circle.max(by: { $0.token.number < $1.token.number })
    else { return }
    if victim.withdraw(.deadlock(DeadlockSearch.edges(of: circle))) {
      backend.withdraw(victim.token, of: victim.name)
    }
  }

  private func noteGrant(of claim: Claim, hasWaited: Bool) {
    let (begun, granted) = (claim.begun, claim.granted)
    metrics.count(claim.name) { statistics in
      statistics.acquired += 1
      statistics.held += 1
      if hasWaited { statistics.waited += 1 }
      statistics.waitSeconds.record(from: begun, to: granted)
    }
    say(.debug, claim) {
      let waited = begun.duration(to: granted)
      let text = "Lock acquired for resource: \(claim.name)"
      return hasWaited ? "\(text) (waited \(waited.inMilliseconds)s)" : text
    }
  }

  private func failure(
    _ refusal: LockRefusal, of claim: Claim, _ timeout: Duration?
  ) -> any Error {
    switch (refusal, claim.withdrawal) {
    case (.failed(let error), _):
      metrics.count(claim.name) { $0.failed += 1 }
      return error
    case (.busy(let holder), _), (.withdrawn(let holder), .timedOut):
      let waited = claim.begun.duration(to: clock.now)
      metrics.count(claim.name) { $0.timedOut += 1 }
      let error = LockError(claim.name, .timedOut(limit: timeout ?? waited, holder: holder))
      say(.error, claim) {
        let text =
          "Timeout acquiring lock for resource: \(claim.name) (waited \(waited.inSeconds)s)"
        return holder.map { "\(text), held by \($0.inWords)" } ?? text
      }
      return error
    case (.withdrawn, .deadlock(let edges)):
      metrics.count(claim.name) { $0.deadlocks += 1 }
      return LockError(claim.name, .deadlock(edges))
    case (.withdrawn, .cancelled), (.withdrawn, nil):
      metrics.count(claim.name) { $0.cancelled += 1 }
      return CancellationError()
    }
  }

  /// Gives a lock back; exactly once, whatever has become of it.
  ///
  /// *Cancellation:* none: it has to be given back.
  ///
  /// - Returns: the loss, when the body has run beyond what it held.
  func leave(_ claim: Claim) async -> LeaseLoss? {
    await finish(beginLeaving(claim), of: claim)
  }

  /// Gives a lock back, the rest of the way.
  func finish(_ leaving: Leaving, of claim: Claim) async -> LeaseLoss? {
    switch leaving {
    case .done(let loss): return loss
    case .drained(let nested):
      await nested.value
      return await finishLeaving(claim, beginRelease(claim))
    case .released(let leaving): return await finishLeaving(claim, leaving)
    }
  }

  /// How far giving back has come.
  enum Leaving {
    /// It is given back.
    case done(LeaseLoss?)
    /// What is nested in it has to end first.
    case drained(FirstAnswer<Void>)
    /// The backend has to be asked.
    case released((isDue: Bool, loss: LeaseLoss?))
  }

  /// Gives a lock back, as far as that goes without suspending.
  func beginLeaving(_ claim: Claim) -> Leaving {
    if let nested = claim.close() { return .drained(nested) }
    if let turn = claim.turn {
      turn.gate.leave(turn.ticket)
      claim.holder?.part()
      return .done(nil)
    }
    let (isDue, loss) = claim.beginRelease()
    guard isDue else { return .done(conclude(claim, loss)) }
    guard let wasHeld = backend.releaseAtOnce(claim.token, of: claim.name) else {
      return .released((isDue, loss))
    }
    return .done(conclude(claim, loss, .success(wasHeld)))
  }

  private func beginRelease(_ claim: Claim) -> (isDue: Bool, loss: LeaseLoss?) {
    claim.turn == nil ? claim.beginRelease() : (false, nil)
  }

  private func finishLeaving(
    _ claim: Claim, _ release: (isDue: Bool, loss: LeaseLoss?)
  ) async -> LeaseLoss? {
    if let turn = claim.turn {
      turn.gate.leave(turn.ticket)
      claim.holder?.part()
      return nil
    }
    guard release.isDue else { return conclude(claim, release.loss) }
    let answer = FirstAnswer<Result<Bool, LockError>>()
    backend.release(claim.token, of: claim.name) { answer.give($0) }
    return conclude(claim, release.loss, await answer.value)
  }

  /// Gives back what nobody will wait for.
  func abandon(_ claim: Claim) {
    metrics.count(claim.name) { $0.leaked += 1 }
    say(.warning, claim) { "Lock leaked for resource: \(claim.name)" }
    _ = claim.close()
    let (isDue, loss) = claim.beginRelease()
    guard isDue else {
      _ = conclude(claim, loss)
      return
    }
    backend.release(claim.token, of: claim.name) { [self] in _ = conclude(claim, loss, $0) }
  }

  /// Notes that a lock was given back.
  ///
  /// - Returns: the loss, as it is known now.
  private func conclude(
    _ claim: Claim, _ known: LeaseLoss?, _ answer: Result<Bool, LockError>? = nil
  ) -> LeaseLoss? {
    claim.released()
    noteRelease(of: claim)
    switch answer {
    case nil, .success(true): return known
    case .success(false):
      say(.warning, claim) { "Lock gone at release for resource: \(claim.name)" }
      guard known == nil else { return known }
      let loss = LeaseLoss.backendReset
      metrics.count(claim.name) { $0.lost[loss.label, default: 0] += 1 }
      return loss
    case .failure(let error):
      say(.warning, claim) { "Lock not released for resource: \(claim.name): \(error)" }
      return known
    }
  }

  private func noteRelease(of claim: Claim) {
    let (granted, now) = (claim.granted, clock.now)
    metrics.count(claim.name) { statistics in
      statistics.held -= 1
      statistics.holdSeconds.record(from: granted, to: now)
    }
    say(.debug, claim) {
      let held = granted.duration(to: now)
      return "Lock released for resource: \(claim.name) (after \(held.inSeconds)s)"
    }
  }
}

extension Duration {
  /// As the log lines have waiting times: `0.012`.
  var inMilliseconds: String {
    let milliseconds = (nanoseconds + 500_000) / 1_000_000
    let fraction = String(milliseconds % 1_000)
    return "\(milliseconds / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }
}
