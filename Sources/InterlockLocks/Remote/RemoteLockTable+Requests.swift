package import Interlock

/// Asking, waiting, being granted.
extension RemoteLockTable {
  /// A request is made; whoever made it is told by its listener.
  package mutating func begin(_ request: RemoteLockRequest, at now: Instant) -> Action {
    var request = request
    let limit = configuration.answerLimit
    request.giveUp = now.advanced(by: request.waits ? limit * 2 : limit)
    let entry = insert(request)
    requestTimers.set(entry.number, entry.giveUp)
    return .take(entry)
  }

  /// The server answered `take`; `sent` is the instant before that was sent.
  package mutating func took(
    _ asked: RemoteLockRequest, _ answer: Result<RemoteTakeAnswer, RemoteFailure>, sent: Instant,
    at now: Instant
  ) -> [Action] {
    guard let request = requests[asked.number], request.isOpen else {
      return forget(asked, answer, at: now)
    }
    // It has been told meanwhile that it is its turn, and that is being answered.
    if request.phase == .claiming, case .success(.queued) = answer { return [] }
    switch answer {
    case .success(.granted(let fence)):
      return grant(request, fence, sent: sent, at: now) { .take($0) }
    case .success(.queued(let rank, let ticket, let obstacle)):
      guard
        let request = update(
          request.number,
          {
            $0.phase = .inLine
            $0.ticket = ticket
            $0.obstacle = obstacle
            $0.wasSent = true
            $0.giveUp = nil
          })
      else { return [] }
      requestTimers.set(request.number, nil)
      watch(request, rank: rank, obstacle, at: now)
      return []
    case .success(.busy(let obstacle)):
      return refuse(request, .busy(holder: obstacle.holder))
    case .success(.mixed(let recorded)):
      let recorded = Int(recorded).map { "permits of \($0)" } ?? recorded
      return refuse(
        request,
        .failed(
          LockError(
            request.name, .configurationMismatch(recorded: recorded, asked: "\(request.mode)"))))
    case .success(.wrongType(let key, let found)):
      return refuse(
        request, .failed(LockError(request.name, .wrongType("\(key) is \(found)"))))
    case .failure(let failure):
      return failed(request, failure, at: now)
    }
  }

  /// It was told that it is its turn.
  mutating func pushed(_ token: String, _ fence: Fence, at now: Instant) -> [Action] {
    guard let request = request(token), request.phase == .inLine || request.phase == .asking,
      let claiming = update(request.number, { $0.phase = .claiming })
    else { return [] }
    return [.claim(claiming)]
  }

  /// The server answered `claim`: the fence, or nil when it was not its turn any more.
  package mutating func claimed(
    _ asked: RemoteLockRequest, _ answer: Result<Fence?, RemoteFailure>, sent: Instant,
    at now: Instant
  ) -> [Action] {
    guard let request = requests[asked.number], request.phase == .claiming else { return [] }
    switch answer {
    case .success(let fence?):
      return grant(request, fence, sent: sent, at: now) { .claim($0) }
    case .success(nil): return [askAgain(request.number)]
    case .failure(let failure):
      return failed(request, failure, at: now)
    }
  }

  /// A request that waits is not wanted any more.
  ///
  /// One that does not wait is answered anyhow, and with who is in the way.
  package mutating func withdraw(_ token: String, at now: Instant) -> [Action] {
    guard let request = request(token), request.isOpen, request.waits else { return [] }
    let refusal = LockRefusal.withdrawn(holder: request.obstacle?.holder)
    guard isReady else { return refuse(request, refusal, isKnown: true, at: now) }
    // It is told when the server has taken it out of line, so that nobody finds it there afterwards; soon, in any case.
    let limit = configuration.retryInterval
    let leaving = update(request.number) { request in
      request.phase = .leaving
      request.refusal = refusal
      request.recordedUntil = now.advanced(by: request.term + request.term / 10)
    }
    guard let leaving else { return [] }
    requestTimers.set(leaving.number, now.advanced(by: limit))
    return [.cancel(leaving)]
  }

  /// The server answered `cancel`.
  package mutating func cancelled(
    _ asked: RemoteLockRequest, _ answer: Result<Int64, RemoteFailure>, at now: Instant
  ) -> [Action] {
    guard let request = requests[asked.number], request.phase == .leaving else { return [] }
    let told = tellWithdrawn(request)
    switch answer {
    case .success: remove(request.number)
    case .failure(.refused):
      let due = now.advanced(by: configuration.retryInterval)
      requestTimers.set(request.number, min(due, request.recordedUntil))
    // The next connection repeats it.
    case .failure: requestTimers.set(request.number, request.recordedUntil)
    }
    return told
  }

  /// Tells a request that was withdrawn that it was, if it has not been told.
  mutating func tellWithdrawn(_ request: RemoteLockRequest) -> [Action] {
    guard let refusal = request.refusal else { return [] }
    _ = update(request.number) { $0.refusal = nil }
    return [.tell(request.listener, .refused(refusal))]
  }

  /// A request got no answer in the time it has.
  mutating func withdrawUnanswered(
    _ request: RemoteLockRequest, _ refusal: LockRefusal, at now: Instant
  ) -> [Action] {
    refuse(request, refusal, isKnown: true, at: now)
  }

  // MARK: Parts

  private mutating func grant(
    _ request: RemoteLockRequest, _ fence: Fence, sent: Instant, at now: Instant,
    again: (RemoteLockRequest) -> Action
  ) -> [Action] {
    // So little is left that it would be lost before it is used.
    if now >= sent.advanced(by: request.term - request.term / 10) { return [again(request)] }
    if configuration.confirms {
      let claiming = update(request.number) { request in
        request.phase = .claiming
        // It is recorded: whatever becomes of the question, it is to be taken back.
        request.wasSent = true
      }
      return claiming.map { [.confirm($0, fence, sent: sent)] } ?? []
    }
    return hold(request, fence, sent: sent)
  }

  /// A grant was asked about: nil when it is safe, else why not.
  package mutating func confirmed(
    _ asked: RemoteLockRequest, _ fence: Fence, _ answer: Result<String?, RemoteFailure>,
    sent: Instant, at now: Instant
  ) -> [Action] {
    guard let request = requests[asked.number], request.phase == .claiming else { return [] }
    switch answer {
    case .success(nil):
      let isSpent = now >= sent.advanced(by: request.term - request.term / 10)
      return isSpent ? [.take(request)] : hold(request, fence, sent: sent)
    case .success(let cause?):
      let error = LockError(
        request.name, .unavailable(backend: configuration.title, cause: cause))
      return refuse(request, .failed(error), isKnown: true, at: now)
    case .failure(.refused(let error)):
      let refusal = LockRefusal.failed(unavailable(request.name, error))
      return refuse(request, refusal, isKnown: true, at: now)
    case .failure(let failure): return failed(request, failure, at: now)
    }
  }

  private mutating func hold(
    _ request: RemoteLockRequest, _ fence: Fence, sent: Instant
  ) -> [Action] {
    requestTimers.set(request.number, nil)
    guard
      let held = update(
        request.number,
        {
          $0.phase = .held
          $0.giveUp = nil
        })
    else { return [] }
    return [
      .tell(
        held.listener, .granted(LockGrant(fence: fence, requested: sent, term: held.term)))
    ]
  }

  /// It is told no; where the server may know of the request, that is taken back there.
  private mutating func refuse(
    _ request: RemoteLockRequest, _ refusal: LockRefusal, isKnown: Bool = false,
    at now: Instant = .origin
  ) -> [Action] {
    let told = Action.tell(request.listener, .refused(refusal))
    guard isKnown else {
      remove(request.number)
      return [told]
    }
    let leaving = update(request.number) { request in
      request.phase = .leaving
      request.recordedUntil = now.advanced(by: request.term + request.term / 10)
    }
    guard let leaving else { return [told] }
    requestTimers.set(leaving.number, leaving.recordedUntil)
    return [told, .cancel(leaving)]
  }

  /// What was asked came to nothing, or nobody knows.
  private mutating func failed(
    _ request: RemoteLockRequest, _ failure: RemoteFailure, at now: Instant
  ) -> [Action] {
    switch failure {
    case .notSent(let error) where !request.wasSent, .refused(let error) where !request.wasSent:
      return refuse(request, .failed(unavailable(request.name, error)))
    // It stays in line there, or may: the next connection asks again.
    case .notSent, .unknown:
      _ = update(request.number) { $0.wasSent = true }
      return []
    case .refused:
      let due = now.advanced(by: configuration.retryInterval)
      requestTimers.set(request.number, min(due, request.giveUp ?? due))
      return []
    }
  }

  /// An answer to a request that is not wanted any more, which may have come after its withdrawal.
  private mutating func forget(
    _ asked: RemoteLockRequest, _ answer: Result<RemoteTakeAnswer, RemoteFailure>, at now: Instant
  ) -> [Action] {
    guard requests[asked.number] == nil else {
      // It was withdrawn while it was asked for: now it can be told who holds.
      if case .success(.queued(_, _, let obstacle)) = answer {
        _ = update(asked.number) { request in
          if case .withdrawn(nil)? = request.refusal {
            request.refusal = .withdrawn(holder: obstacle.holder)
          }
        }
      }
      return []
    }
    switch answer {
    case .success(.granted), .success(.queued):
      var orphan = asked
      orphan.phase = .leaving
      orphan.recordedUntil = now.advanced(by: asked.term)
      return [.cancel(insert(orphan))]
    case .success, .failure: return []
    }
  }

  /// What a fault of the server means for a lock.
  package func unavailable(_ name: LockName, _ fault: RemoteFault) -> LockError {
    switch fault {
    case .wrongType(let what): LockError(name, .wrongType(what))
    case .notPermitted(let what): LockError(name, .notPermitted(what))
    case .readOnly: LockError(name, .readOnly(configuration.title))
    case .other(let cause):
      LockError(name, .unavailable(backend: configuration.title, cause: cause))
    }
  }
}
