internal import Interlock

extension LockClient {
  /// Waits for a lock of one's own.
  ///
  /// - Throws: `LockError`; `CancellationError`.
  func enter(
    _ name: LockName, _ mode: LockMode, _ timeout: Duration?, _ options: LockOptions
  ) async throws -> Claim {
    let (claim, stage) = try ask(name, mode, timeout, options, in: Claim.innermost)
    if stage != .held { try await complete(claim, from: stage, timeout) }
    return claim
  }

  /// How far an acquisition has come.
  enum Stage {
    /// It stands in line.
    case waiting
    /// The lock is granted; what goes with it has to be taken.
    case granted
    /// All of it is held.
    case held
  }

  /// Asks for a lock; the way that does not suspend.
  ///
  /// - Throws: `LockError`; `CancellationError`.
  /// - Returns: the claim, and how far it has come; what is not held yet has to be completed.
  func ask(
    _ name: LockName, _ mode: LockMode, _ timeout: Duration?, _ options: LockOptions,
    in outer: Claim?
  ) throws -> (claim: Claim, stage: Stage) {
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
      guard let grant = try backend.request(request, claim.take) else { return (claim, .waiting) }
      claim.begin(grant, at: begun)
      guard companion == nil else { return (claim, .granted) }
      noteGrant(of: claim, hasWaited: false)
      return (claim, .held)
    } catch {
      throw failure(error, of: claim, timeout)
    }
  }

  /// Waits for a claim that stands in line, and takes what goes with it.
  ///
  /// - Throws: `LockError`; `CancellationError`.
  func complete(_ claim: Claim, from stage: Stage, _ timeout: Duration?) async throws {
    var hasWaited = false
    if stage == .waiting {
      // A request that does not wait is answered without being withdrawn.
      let limit = timeout == .zero ? nil : timeout
      let answer = await outcome(of: claim, until: limit.map { claim.begun.advanced(by: $0) })
      if case .refused(let refusal) = answer { throw failure(refusal, of: claim, timeout) }
      hasWaited = true
    }
    if let companion, try await take(companion, with: claim, timeout) { hasWaited = true }
    noteGrant(of: claim, hasWaited: hasWaited)
  }

  /// Takes what goes with a lock that was granted; when that fails the lock is given back.
  ///
  /// - Throws: `LockError`; `CancellationError`.
  /// - Returns: whether it had to wait.
  private func take(
    _ companion: any LockCompanion, with claim: Claim, _ timeout: Duration?
  ) async throws -> Bool {
    do {
      let hasWaited = try await companion.take(
        claim.name, for: claim.token, by: clock,
        until: timeout.map { claim.begun.advanced(by: $0) })
      claim.completed(at: clock.now)
      return hasWaited
    } catch {
      _ = claim.close()
      await giveBackUnused(claim)
      guard let error = error as? LockError else {
        throw failure(.withdrawn(holder: nil), of: claim, timeout)
      }
      if case .timedOut(_, let holder) = error.reason {
        throw failure(.busy(holder: holder), of: claim, timeout)
      }
      throw failure(.failed(error), of: claim, timeout)
    }
  }

  /// Gives back a lock that no body has had.
  private func giveBackUnused(_ claim: Claim) async {
    guard claim.beginRelease().isDue else { return claim.released() }
    if backend.releaseAtOnce(claim.token, of: claim.name) == nil {
      let answer = FirstAnswer<Result<Bool, LockError>>()
      backend.release(claim.token, of: claim.name) { answer.give($0) }
      _ = await answer.value
    }
    claim.released()
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
      await giveBackCompanion(of: claim)
      return await finishLeaving(claim, beginRelease(claim))
    case .accompanied:
      await giveBackCompanion(of: claim)
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
    /// What goes with it has to be given back first.
    case accompanied
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
    if companion != nil { return .accompanied }
    let (isDue, loss) = claim.beginRelease()
    guard isDue else { return .done(conclude(claim, loss)) }
    guard let wasHeld = backend.releaseAtOnce(claim.token, of: claim.name) else {
      return .released((isDue, loss))
    }
    return .done(conclude(claim, loss, .success(wasHeld)))
  }

  private func giveBackCompanion(of claim: Claim) async {
    guard let companion, claim.turn == nil else { return }
    let done = FirstAnswer<Void>()
    companion.giveBack(claim.name, for: claim.token) { done.give(()) }
    await done.value
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
    guard let companion else { return releaseAbandoned(claim) }
    companion.giveBack(claim.name, for: claim.token) { [self] in releaseAbandoned(claim) }
  }

  private func releaseAbandoned(_ claim: Claim) {
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
