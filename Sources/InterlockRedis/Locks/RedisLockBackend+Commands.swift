internal import Interlock
internal import InterlockLocks

/// Each step of a request as a script, and its answer.
extension RedisLockBackend {
  /// Longer than the connection lets a server be silent: whether it answers is decided there.
  private static let limit = Duration.seconds(30)

  /// Calls a script, giving it to the server first when that does not know it.
  func call(
    _ script: RedisScript, keys: [String], _ arguments: [String], within limit: Duration,
    waits: Bool = true, _ answer: @escaping RedisConnection.Answer
  ) {
    let command = script.call(keys: keys, arguments)
    connection.send(command, within: limit, waits: waits) { [connection] result in
      guard case .failure(.refused(.noScript)) = result else { return answer(result) }
      // Somebody made it forget. Both go out together, and are carried out in this order.
      connection.send(script.load, within: limit, waits: waits) { _ in }
      connection.send(command, within: limit, waits: waits, answer)
    }
  }

  func take(_ request: RedisLockRequest) {
    let sent = clock.now
    call(
      scripts.take, keys: request.details.keys.all,
      [
        request.details.word, request.text, request.letter, "\(request.weight)",
        "\(request.mode.limit ?? 0)", request.details.lease, request.waits ? "1" : "0",
        request.ticket, channel, request.details.floor, request.details.reason,
      ], within: Self.limit
    ) { [weak self] result in
      self?.answered(result, RedisTakeAnswer.init) { table, answer, now in
        table.took(request, answer, sent: sent, at: now)
      }
    }
  }

  func claim(_ request: RedisLockRequest) {
    let sent = clock.now
    call(
      scripts.claim, keys: request.details.keys.all,
      [
        request.details.word, request.text, request.details.lease,
        request.details.floor,
      ], within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, Self.fence) { table, answer, now in
        table.claimed(request, answer, sent: sent, at: now)
      }
    }
  }

  func cancel(_ request: RedisLockRequest) {
    call(
      scripts.cancel, keys: request.details.keys.all,
      [request.details.word, request.text], within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, \.integer) { table, answer, now in
        table.cancelled(request, answer, at: now)
      }
    }
  }

  func sendRelease(_ request: RedisLockRequest) {
    call(
      scripts.release, keys: request.details.keys.all,
      [request.details.word, request.text], within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, { Self.count($0).map { $0 != 0 } }) { table, answer, now in
        table.released(request, answer, at: now)
      }
    }
  }

  func poke(_ request: RedisLockRequest) {
    call(
      scripts.poke, keys: request.details.keys.all,
      [request.details.word, request.text], within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, RedisPokeAnswer.init) { table, answer, now in
        table.poked(request, answer, at: now)
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
