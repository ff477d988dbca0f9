package import Interlock
package import InterlockLocks

/// Each step of a request as a call, and its answer.
extension PostgresLockBackend: RemoteLockServer {
  /// Longer than the connection lets a database be silent: whether it answers is decided there.
  private static let limit = Duration.seconds(30)

  private static let takeStatement = PostgresStatement(
    "take",
    "text, text, text, integer, integer, integer, bigint, boolean, bigint, bigint, text")
  private static let claimStatement = PostgresStatement(
    "claim", "text, text, integer, bigint, bigint")
  private static let cancelStatement = PostgresStatement("cancel", "text, text, bigint")
  private static let releaseStatement = PostgresStatement("release", "text, text, bigint")
  private static let pokeStatement = PostgresStatement("poke", "text, text, bigint")

  /// All that are prepared for a connection.
  static let statements = [
    takeStatement, claimStatement, cancelStatement, releaseStatement, pokeStatement,
    renewStatement, forceStatement, askStatement, raiseStatement, changeStatement, inspectStatement,
  ]

  package func take(_ request: RemoteLockRequest, isAttended: Bool) {
    let sent = clock.now
    call(
      Self.takeStatement,
      [
        .text(request.name.text), .text(request.text), .text(request.letter),
        "\(request.weight)", "\(request.mode.limit ?? 0)", Self.milliseconds(request.term),
        Self.floor(request), "\(request.waits)", .text(request.ticket), .session,
        .text(request.asked.reason),
      ], waits: true, isAttended: isAttended
    ) { [weak self] result in
      self?.answered(result, PostgresTakeAnswer.init) { taken in
        guard let way = taken.way, case .queued(let rank, _, _) = taken.answer else { return }
        self?.note(request.key, isFirst: rank == 0, way)
      } take: { table, answer, now in
        table.took(request, answer.map(\.answer), sent: sent, at: now)
      }
    }
  }

  package func claim(_ request: RemoteLockRequest) {
    let sent = clock.now
    connection.call(
      Self.claimStatement,
      [
        .text(request.name.text), .text(request.text), Self.milliseconds(request.term),
        Self.floor(request), .session,
      ], within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, Self.fence) { table, answer, now in
        table.claimed(request, answer, sent: sent, at: now)
      }
    }
  }

  package func cancel(_ request: RemoteLockRequest) {
    connection.call(
      Self.cancelStatement, Self.who(request), within: Self.limit,
      waits: false
    ) { [weak self] result in
      self?.answered(result, { Int64($0) }) { table, answer, now in
        table.cancelled(request, answer, at: now)
      }
    }
  }

  package func release(_ request: RemoteLockRequest, isAttended: Bool) {
    call(
      Self.releaseStatement, Self.who(request), waits: false, isAttended: isAttended
    ) { [weak self] result in
      self?.answered(result, { Int64($0).map { $0 != 0 } }) { table, answer, now in
        table.released(request, answer, at: now)
      }
    }
  }

  package func poke(_ request: RemoteLockRequest) {
    connection.call(
      Self.pokeStatement, Self.who(request), within: Self.limit, waits: false
    ) { [weak self] result in
      self?.answered(result, PostgresPokeAnswer.init) { poked in
        self?.note(request.key, isFirst: poked.answer.rank == 0, poked.way)
      } take: { table, answer, now in
        table.poked(request, answer.map(\.answer), at: now)
      }
    }
  }

  /// Nothing: a grant is kept as soon as it is given.
  package func confirm(_ request: RemoteLockRequest, _ fence: Fence, sent: Instant) {}

  /// Nothing: what a connection held has ended with it.
  package func verify(_ requests: [RemoteLockRequest]) {}

  /// Nothing: the connection says so.
  package func sayAlive() {}

  /// Calls a function; where it is attended, the caller's thread waits for the answer if that comes in a moment.
  private func call(
    _ statement: PostgresStatement, _ values: [PostgresValue], waits: Bool, isAttended: Bool,
    _ answer: @escaping PostgresConnection.Answer
  ) {
    if isAttended {
      connection.callAttended(statement, values, within: Self.limit, waits: waits, answer)
    } else {
      connection.call(statement, values, within: Self.limit, waits: waits, answer)
    }
  }

  /// Reads an answer and lets the table take it; what cannot be read counts as a refusal.
  private func answered<Value>(
    _ result: Result<[[String?]], PostgresFailure>, _ read: (String) -> Value?,
    note: (Value) -> Void = { _ in },
    take: (inout RemoteLockTable, Result<Value, RemoteFailure>, Instant) ->
      [RemoteLockTable.Action]
  ) {
    let answer: Result<Value, RemoteFailure> = result.mapError(RemoteFailure.init).flatMap { rows in
      let text = rows.first?.first ?? nil
      if let value = text.flatMap(read) { return .success(value) }
      return .failure(.refused(.other("it answered \(text ?? "nothing")")))
    }
    // Before the step: what is watched is never decided while the table is.
    if case .success(let value) = answer { note(value) }
    let now = clock.now
    driver.step { take(&$0, answer, now) }
  }

  /// The fence of a grant that stands, and of one that is gone none.
  private static func fence(_ text: String) -> Fence?? {
    if text == "gone" { return .some(nil) }
    guard text.hasPrefix("held ") else { return nil }
    return UInt64(text.dropFirst("held ".count)).map { .some(Fence($0)) }
  }

  /// Which request, and of whom.
  private static func who(_ request: RemoteLockRequest) -> [PostgresValue] {
    [.text(request.name.text), .text(request.text), .session]
  }

  private static func floor(_ request: RemoteLockRequest) -> PostgresValue {
    request.asked.floor.map { "\($0)" } ?? "-1"
  }

  static func milliseconds(_ term: Duration) -> PostgresValue {
    "\(term.nanoseconds / 1_000_000)"
  }

  /// Who is in the way of a line, whose first is here or not.
  func note(_ line: String, isFirst: Bool, _ way: PostgresObstacle) {
    watches.note(line, isFirst: isFirst, way, mine: connection.session)
  }
}
