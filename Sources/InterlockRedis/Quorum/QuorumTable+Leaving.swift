internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// Giving back, withdrawing, losing: whatever ends a request, every server is told.
extension QuorumTable {
  /// A request that waits is not wanted any more.
  ///
  /// One that does not wait is answered anyhow, and with who is in the way.
  mutating func withdraw(_ token: String, at now: Instant) -> [Action] {
    guard let request = request(token), request.isOpen, request.waits else { return [] }
    return leave(request, at: now) {
      $0.refusal = .withdrawn(holder: request.obstacle?.holder)
    }
  }

  /// A grant is given back.
  mutating func release(
    _ request: QuorumRequest, micros: UInt64, at now: Instant,
    _ answer: @escaping QuorumRequest.ReleaseAnswer
  ) -> [Action] {
    let entry = self.request(request.text) ?? insert(request, micros: micros)
    // Asked for twice: each is told.
    let before: QuorumRequest.ReleaseAnswer? =
      if case .leaving(let leaving) = entry.phase { leaving.released } else { nil }
    return leave(entry, at: now) { leaving in
      leaving.released = { result in
        before?(result)
        answer(result)
      }
    }
  }

  /// A holder is told that it is one no longer.
  mutating func lost(_ token: String, _ loss: LeaseLoss, at now: Instant) -> [Action] {
    guard let request = request(token), request.isHeld else { return [] }
    return [.tell(request.listener, .lost(loss))] + leave(request, at: now) { _ in }
  }

  /// It is told no, and servers are told that it is gone.
  mutating func refuse(
    _ request: QuorumRequest, _ refusal: LockRefusal, at now: Instant
  ) -> [Action] {
    [.tell(request.listener, .refused(refusal))] + leave(request, at: now) { _ in }
  }

  /// Tells every server that a request is gone.
  mutating func leave(
    _ request: QuorumRequest, at now: Instant, _ change: (inout QuorumLeaving) -> Void
  ) -> [Action] {
    var leaving = QuorumLeaving(
      servers: everybody, until: now.advanced(by: request.term + request.term / 10))
    change(&leaving)
    update(request.number) { $0.phase = .leaving(leaving) }
    timers.set(
      request.number, min(leaving.until, now.advanced(by: configuration.retryInterval)))
    return giveBack(request.number, to: everybody)
  }

  /// Tells servers that have not heard it, and are not being told, that a request is gone.
  mutating func giveBack(_ number: UInt64, to servers: Set<Int>) -> [Action] {
    guard let request = requests[number], case .leaving(var leaving) = request.phase else {
      return []
    }
    let told = servers.intersection(leaving.missing).subtracting(leaving.asked)
    guard !told.isEmpty else { return [] }
    leaving.asked.formUnion(told)
    guard let next = update(number, { $0.phase = .leaving(leaving) }) else { return [] }
    return [.giveBack(next, keepsPlace: false, told)]
  }

  /// A server answered `give back`: whether it had given its vote.
  mutating func gaveBack(
    _ number: UInt64, _ server: Int, _ answer: Result<Bool, RedisFailure>
  ) -> [Action] {
    guard let request = requests[number], case .leaving(var leaving) = request.phase else {
      return []
    }
    leaving.asked.remove(server)
    if case .success(let had) = answer {
      leaving.missing.remove(server)
      leaving.had[server] = had
    }
    var actions: [Action] = []
    let heard = leaving.had.count
    if let refusal = leaving.refusal, heard >= majority || leaving.asked.isEmpty {
      leaving.refusal = nil
      actions.append(.tell(request.listener, .refused(refusal)))
    }
    if let released = leaving.released {
      if let wasHeld = leaving.wasHeld(of: configuration.servers) {
        leaving.released = nil
        actions.append(.answer(released, .success(wasHeld)))
      } else if leaving.asked.isEmpty {
        leaving.released = nil
        let cause = "\(heard) of its \(configuration.servers) servers answered"
        actions.append(
          .answer(
            released,
            .failure(
              LockError(
                request.name, .unavailable(backend: configuration.title, cause: cause)))))
      }
    }
    update(number) { $0.phase = .leaving(leaving) }
    if leaving.missing.isEmpty { remove(number) }
    return actions
  }

  /// Nothing of it is recorded any more.
  mutating func over(_ number: UInt64) -> [Action] {
    guard let request = requests[number], case .leaving(let leaving) = request.phase else {
      return []
    }
    remove(number)
    var actions: [Action] = []
    if let refusal = leaving.refusal { actions.append(.tell(request.listener, .refused(refusal))) }
    if let released = leaving.released {
      let cause = "its servers did not answer within its term"
      actions.append(
        .answer(
          released,
          .failure(
            LockError(request.name, .unavailable(backend: configuration.title, cause: cause)))))
    }
    return actions
  }
}
