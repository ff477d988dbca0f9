internal import Interlock
internal import InterlockLocks

/// Each step of a request as a script, and its answer.
extension RedisLockBackend {
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

  func take(_ request: RedisLockRequest, isAttended: Bool = false) {
    let sent = clock.now
    call(
      scripts.take,
      scripts.take.call(
        request.details.keys,
        [
          request.details.word, request.text, request.details.lease, request.details.floor,
          RedisLockScripts.request(
            request.letter, weight: request.weight, limit: request.mode.limit,
            waits: request.waits, ticket: request.ticket, channel, request.details.reason),
        ]), within: Self.limit, isAttended: isAttended
    ) { [weak self] result in
      self?.answered(result, RedisTakeAnswer.init) { table, answer, now in
        table.took(request, answer, sent: sent, at: now)
      }
    }
  }

  func claim(_ request: RedisLockRequest) {
    let sent = clock.now
    call(
      scripts.claim,
      scripts.claim.call(
        request.details.keys,
        [
          request.details.word, request.text, request.details.lease,
          request.details.floor,
        ]), within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, Self.fence) { table, answer, now in
        table.claimed(request, answer, sent: sent, at: now)
      }
    }
  }

  func cancel(_ request: RedisLockRequest) {
    call(
      scripts.cancel,
      scripts.cancel.call(request.details.keys, [request.details.word, request.text]),
      within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, \.integer) { table, answer, now in
        table.cancelled(request, answer, at: now)
      }
    }
  }

  func sendRelease(_ request: RedisLockRequest, isAttended: Bool = false) {
    call(
      scripts.release,
      scripts.release.call(request.details.keys, [request.details.word, request.text]),
      within: Self.limit, waits: false,
      isAttended: isAttended
    ) { [weak self] result in
      self?.answered(result, { Self.count($0).map { $0 != 0 } }) { table, answer, now in
        table.released(request, answer, at: now)
      }
    }
  }

  func poke(_ request: RedisLockRequest) {
    call(
      scripts.poke,
      scripts.poke.call(request.details.keys, [request.details.word, request.text]),
      within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, RedisPokeAnswer.init) { table, answer, now in
        table.poked(request, answer, at: now)
      }
    }
  }

  /// Asks how many replicas have what was written so far.
  func awaitReplicas(_ request: RedisLockRequest, _ fence: Fence, sent: Instant) {
    guard let replicas else { return }
    connection.send(replicas.command, within: Self.limit, waits: false) { [weak self] result in
      self?.answered(result, Self.count) { table, answer, now in
        table.replicated(request, fence, answer, sent: sent, at: now)
      }
    }
  }

  /// Asks whether grants are still recorded, and renews those that are.
  func verify(_ requests: [RedisLockRequest]) {
    let leases = requests.map { LockRenewal(token: $0.token, name: $0.name, term: $0.term) }
    askForTerms(leases) { [weak self] answers in
      self?.step { table in
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
    _ take: (inout RedisLockTable, Result<Value, RedisFailure>, Instant) -> [RedisLockTable.Action]
  ) {
    let answer: Result<Value, RedisFailure> = result.flatMap { value in
      if let read = read(value) { return .success(read) }
      return .failure(.refused(Self.wrongType(value) ?? .server("\(value)")))
    }
    let now = clock.now
    step { take(&$0, answer, now) }
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
