package import Interlock
package import InterlockLocks

/// Each step of a request as a script, and its answer.
extension RedisLockBackend: RemoteLockServer {
  /// Longer than the connection lets a server be silent: whether it answers is decided there.
  private static let limit = Duration.seconds(30)

  /// Calls a script, giving it to the server first when that does not know it.
  ///
  /// Where it is attended, the caller's thread waits for the answer if that comes in a moment.
  func call(
    _ script: RedisScript, _ command: RedisCommand, within limit: Duration, waits: Bool = true,
    isAttended: Bool = false, _ answer: @escaping RedisConnection.Answer
  ) {
    let told: RedisConnection.Answer = { [connection] result in
      guard case .failure(.refused(.noScript)) = result else { return answer(result) }
      // Somebody made it forget. Both go out together, and are carried out in this order.
      connection.send(script.load, within: limit, waits: waits) { _ in }
      connection.send(command, within: limit, waits: waits, answer)
    }
    if isAttended {
      connection.sendAttended(command, within: limit, waits: waits, told)
    } else {
      connection.send(command, within: limit, waits: waits, told)
    }
  }

  package func take(_ request: RemoteLockRequest, isAttended: Bool) {
    let sent = clock.now
    let place = place(of: request.name)
    call(
      scripts.take,
      scripts.take.call(
        place.keys,
        [
          place.word, request.text, lease(request), Self.floor(request),
          RedisLockScripts.request(
            request.letter, weight: request.weight, limit: request.mode.limit,
            waits: request.waits, ticket: request.ticket, channel, request.asked.reason),
        ]), within: Self.limit, isAttended: isAttended
    ) { [weak self] result in
      self?.answered(result, RemoteTakeAnswer.init) { table, answer, now in
        table.took(request, answer, sent: sent, at: now)
      }
    }
  }

  package func claim(_ request: RemoteLockRequest) {
    let sent = clock.now
    let place = place(of: request.name)
    call(
      scripts.claim,
      scripts.claim.call(
        place.keys, [place.word, request.text, lease(request), Self.floor(request)]),
      within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, Self.fence) { table, answer, now in
        table.claimed(request, answer, sent: sent, at: now)
      }
    }
  }

  package func cancel(_ request: RemoteLockRequest) {
    let place = place(of: request.name)
    call(
      scripts.cancel, scripts.cancel.call(place.keys, [place.word, request.text]),
      within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, \.integer) { table, answer, now in
        table.cancelled(request, answer, at: now)
      }
    }
  }

  package func release(_ request: RemoteLockRequest, isAttended: Bool) {
    let place = place(of: request.name)
    call(
      scripts.release, scripts.release.call(place.keys, [place.word, request.text]),
      within: Self.limit, waits: false,
      isAttended: isAttended
    ) { [weak self] result in
      self?.answered(result, { Self.count($0).map { $0 != 0 } }) { table, answer, now in
        table.released(request, answer, at: now)
      }
    }
  }

  package func poke(_ request: RemoteLockRequest) {
    let place = place(of: request.name)
    call(
      scripts.poke, scripts.poke.call(place.keys, [place.word, request.text]),
      within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, RemotePokeAnswer.init) { table, answer, now in
        table.poked(request, answer, at: now)
      }
    }
  }

  /// Asks how many replicas have what was written so far.
  package func confirm(_ request: RemoteLockRequest, _ fence: Fence, sent: Instant) {
    guard let replicas else { return }
    connection.send(replicas.command, within: Self.limit, waits: false) { [weak self] result in
      self?.answered(result, Self.count) { table, answer, now in
        table.confirmed(request, fence, answer.map(replicas.lack), sent: sent, at: now)
      }
    }
  }

  /// In milliseconds.
  private func lease(_ request: RemoteLockRequest) -> String { "\(format.lease(request.term))" }

  /// In decimal; empty for none.
  private static func floor(_ request: RemoteLockRequest) -> String {
    request.asked.floor.map { "\($0)" } ?? ""
  }

  /// Asks whether grants are still recorded, and renews those that are.
  package func verify(_ requests: [RemoteLockRequest]) {
    let leases = requests.map { LockRenewal(token: $0.token, name: $0.name, term: $0.term) }
    askForTerms(leases) { [weak self] answers in
      self?.driver.step { table in
        zip(requests, answers).flatMap { request, answer in
          if case .refused = answer { return table.verified(request.text, false) }
          return []
        }
      }
    }
  }

  /// Reads an answer and lets the table take it; what cannot be read counts as a refusal.
  private func answered<Value>(
    _ result: Result<RedisValue, RedisFailure>, _ read: (RedisValue) -> Value?,
    _ take: (inout RemoteLockTable, Result<Value, RemoteFailure>, Instant) -> [RemoteLockTable
      .Action]
  ) {
    let answer: Result<Value, RemoteFailure> = result.mapError(RemoteFailure.init).flatMap {
      value in
      if let read = read(value) { return .success(read) }
      return .failure(.refused(RemoteFault(Self.wrongType(value) ?? .server("\(value)"))))
    }
    let now = clock.now
    driver.step { take(&$0, answer, now) }
  }

  /// A count; nil for anything else.
  private static func count(_ value: RedisValue) -> Int64? {
    if case .integer(let number) = value { number } else { nil }
  }

  /// The fence of a grant that stands, and of one that is gone none.
  private static func fence(_ value: RedisValue) -> Fence?? {
    if case .text = value {
      return value.integer.flatMap { UInt64(exactly: $0) }.map { .some(Fence($0)) }
    }
    guard let parts = value.elements?.map(\.string) else { return nil }
    switch parts.first {
    case "held"?: return parts.dropFirst().first?.flatMap { UInt64($0) }.map { .some(Fence($0)) }
    case "gone"?: return .some(nil)
    default: return nil
    }
  }

  /// What a script says of a key that it cannot use.
  static func wrongType(_ value: RedisValue) -> RedisError? {
    guard let parts = value.elements?.map(\.string), parts.count == 3, parts[0] == "type" else {
      return nil
    }
    return .wrongType("\(parts[1] ?? "") is \(parts[2] ?? "")")
  }
}
