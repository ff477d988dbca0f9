package import Interlock

/// Holding, giving back, losing; and looking after the lines.
extension RemoteLockTable {
  /// A grant is given back.
  package mutating func release(
    _ request: RemoteLockRequest, at now: Instant, _ answer: @escaping ReleaseAnswer
  ) -> [Action] {
    let entry = self.request(request.text) ?? insert(request)
    // Asked for twice: each is told.
    let before = entry.released
    let limit = configuration.answerLimit
    let releasing = update(entry.number) { entry in
      entry.phase = .releasing
      entry.recordedUntil = now.advanced(by: entry.term + entry.term / 10)
      entry.giveUp = now.advanced(by: limit)
      entry.released = { result in
        before?(result)
        answer(result)
      }
    }
    guard let releasing else { return [] }
    requestTimers.set(releasing.number, releasing.giveUp)
    return [.release(releasing)]
  }

  /// The server answered `release`: whether it was held.
  package mutating func released(
    _ asked: RemoteLockRequest, _ answer: Result<Bool, RemoteFailure>, at now: Instant
  ) -> [Action] {
    guard let request = requests[asked.number], request.phase == .releasing else { return [] }
    switch answer {
    case .success(let wasHeld):
      remove(request.number)
      // The try before this one may have done it: that is as good.
      return told(request, .success(wasHeld || request.isReleaseUncertain))
    case .failure(.refused(let error)):
      _ = update(request.number) { $0.released = nil }
      let due = now.advanced(by: configuration.retryInterval)
      requestTimers.set(request.number, min(due, request.recordedUntil))
      return told(request, .failure(unavailable(request.name, error)))
    case .failure(.unknown):
      _ = update(request.number) { $0.isReleaseUncertain = true }
      return []
    // The next connection gives it back, as long as it may be recorded.
    case .failure(.notSent): return []
    }
  }

  /// A holder is told that it is one no longer; it is then nothing to us.
  mutating func lost(_ token: String, _ loss: LeaseLoss) -> [Action] {
    guard let request = request(token), request.phase == .held else { return [] }
    remove(request.number)
    return [.tell(request.listener, .lost(loss))]
  }

  /// Grants that the server was asked about after it may have forgotten them.
  package mutating func verified(_ token: String, _ isRecorded: Bool?) -> [Action] {
    isRecorded == false ? lost(token, .backendReset) : []
  }

  /// A renewal was refused: whoever asked for it is told, and nothing more comes of this grant.
  package mutating func renewalRefused(_ token: String) {
    guard let request = request(token), request.phase == .held else { return }
    remove(request.number)
  }

  /// A message came.
  package mutating func received(_ message: RemoteLockMessage, at now: Instant) -> [Action] {
    switch message {
    case .granted(let token, let fence): return pushed(token, fence, at: now)
    case .first(let token, let left, let isOurs):
      guard let request = request(token), request.phase == .inLine else { return [] }
      var obstacle = request.obstacle ?? RemoteLockObstacle()
      (obstacle.left, obstacle.isOurs) = (left, isOurs)
      watch(request, rank: 0, obstacle, at: now)
      return []
    case .revoked(let token, let by, let reason):
      return lost(token, .revoked(by: by, reason: reason))
    case .asked(let token, let by, let reason):
      guard let request = request(token), request.phase == .held else { return [] }
      return [.tell(request.listener, .asked(by: by, reason: reason))]
    }
  }

  /// The server answered `poke`.
  package mutating func poked(
    _ asked: RemoteLockRequest, _ answer: Result<RemotePokeAnswer, RemoteFailure>, at now: Instant
  ) -> [Action] {
    guard lines[asked.key] != nil else { return [] }
    guard case .success(let poke) = answer else {
      watch(asked.key, at: now.advanced(by: configuration.retryInterval), now: now)
      return []
    }
    // It is the turn of one of ours, and the message that said so was lost.
    if let holder = request(poke.obstacle.token), holder.phase == .inLine {
      watch(asked.key, at: .distantFuture, now: now)
      return pushed(holder.text, Fence(0), at: now)
    }
    guard poke.rank >= 0 || requests[asked.number]?.phase != .inLine else {
      // The line was forgotten there, or this one's turn has come and gone.
      watch(asked.key, at: .distantFuture, now: now)
      return (lines[asked.key]?.waiting ?? []).map { askAgain($0) }
    }
    watch(asked, rank: poke.rank, poke.obstacle, at: now)
    return []
  }

  /// Looks when the holder's lease ends, since nobody else would notice that it has died: whoever is first in line at once,
  /// the others a little later, for the first may have died too.
  mutating func watch(
    _ request: RemoteLockRequest, rank: Int64, _ obstacle: RemoteLockObstacle, at now: Instant
  ) {
    guard lines[request.key] != nil else { return }
    _ = update(request.number) { $0.obstacle = obstacle }
    guard rank == 0 else {
      let margin = configuration.secondMargin * Double.random(in: 1...2, using: &random)
      let due =
        obstacle.left < 0
        ? .distantFuture : now.advanced(by: .milliseconds(obstacle.left) + margin)
      // One of ours that is before it may look sooner.
      watch(request.key, at: min(due, watched(request.key) ?? .distantFuture), now: now)
      return
    }
    var due = Instant.distantFuture
    if obstacle.left >= 0 {
      due = now.advanced(by: .milliseconds(obstacle.left) + configuration.pokeMargin)
    }
    // Nobody holds it and it is not ours: whoever is before us is being connected again.
    if obstacle.left == -2 { due = now.advanced(by: configuration.longestPoll) }
    if !obstacle.isOurs { due = min(due, now.advanced(by: nextPoll(request.key, obstacle.token))) }
    watch(request.key, at: due, now: now)
  }

  /// Other software tells nobody when it lets go: whoever is first in line looks, ever more seldom.
  private mutating func nextPoll(_ key: String, _ holder: String) -> Duration {
    guard var line = lines[key] else { return configuration.longestPoll }
    if line.holder != holder || line.poll == .zero {
      (line.holder, line.poll) = (holder, configuration.firstPoll)
    } else {
      line.poll = min(line.poll * 3 / 2, configuration.longestPoll)
    }
    lines[key] = line
    foreignPolls += 1
    return line.poll - line.poll * Double.random(in: 0...0.2, using: &random)
  }

  /// Whether somebody here waits for a lock, by its key.
  package func isWaited(for key: String) -> Bool { lines[key] != nil }

  /// The lock, by its key, that a request waits for; nil when it does not.
  package func line(of token: String) -> String? {
    request(token).flatMap { $0.phase == .inLine ? $0.key : nil }
  }

  /// It was heard that a holder has died: the lock is looked after at once.
  package mutating func lookAfter(_ key: String) -> [Action] {
    guard isReady, let number = lines[key]?.waiting.first, let request = requests[number] else {
      return []
    }
    return [.poke(request)]
  }

  /// Time has passed.
  package mutating func advance(to now: Instant) -> [Action] {
    var actions: [Action] = []
    if let due = aliveDue, now >= due {
      aliveDue = now.advanced(by: configuration.aliveInterval)
      actions.append(.sayAlive)
    }
    while let key = nextLine(dueAt: now) {
      guard let number = lines[key]?.waiting.first, let request = requests[number] else { continue }
      watch(key, at: .distantFuture, now: now)
      if isReady { actions.append(.poke(request)) }
    }
    while let number = requestTimers.next(dueAt: now) {
      guard let request = requests[number] else { continue }
      actions += timeCame(request, at: now)
    }
    return actions
  }

  private mutating func timeCame(_ request: RemoteLockRequest, at now: Instant) -> [Action] {
    switch request.phase {
    case .held: return []
    case .asking, .claiming, .inLine:
      guard let giveUp = request.giveUp, now >= giveUp else {
        return isReady ? [askAgain(request.number)] : []
      }
      let error = RemoteFault.silent("\(configuration.answerLimit)")
      return withdrawUnanswered(request, .failed(unavailable(request.name, error)), at: now)
    case .leaving:
      let told = tellWithdrawn(request)
      guard now < request.recordedUntil else {
        remove(request.number)
        return told
      }
      requestTimers.set(request.number, request.recordedUntil)
      return told + (isReady ? [.cancel(request)] : [])
    case .releasing:
      guard now < request.recordedUntil else {
        remove(request.number)
        return told(request, .failure(unavailable(request.name, .silent("its lease"))))
      }
      requestTimers.set(request.number, request.recordedUntil)
      guard request.released != nil else { return isReady ? [.release(request)] : [] }
      _ = update(request.number) { $0.released = nil }
      let error = RemoteFault.silent("\(configuration.answerLimit)")
      return told(request, .failure(unavailable(request.name, error)))
    }
  }

  private func told(
    _ request: RemoteLockRequest, _ result: Result<Bool, LockError>
  ) -> [Action] {
    request.released.map { [.answer($0, result)] } ?? []
  }
}
