internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// Has the database say when the connection of a holder ends: a few connections, each while there is something to watch.
final class PostgresWatches: Sendable {
  private struct State: Sendable {
    var plan = PostgresWatchPlan()
    var connections: [Int64: PostgresConnection] = [:]
    var isClosed = false
  }

  static let statement = PostgresStatement("watch", "bigint")

  private let url: PostgresURL
  private let reactor: Reactor
  private let seed: UInt64
  private let isWaiting: @Sendable (String) -> Bool
  private let ended: @Sendable ([String]) -> Void
  private let state = Guarded(State())
  /// Set once, right after it was made.
  private let alarm = Guarded<ReactorAlarm?>(nil)

  /// Nothing is watched.
  ///
  /// - Parameters:
  ///   - url: The database.
  ///   - reactor: Where its connections live.
  ///   - seed: For the moments of new attempts.
  ///   - isWaiting: Whether somebody here waits in a line.
  ///   - ended: Told on the reactor's thread of the lines whose holder's connection has ended.
  init(
    _ url: PostgresURL, reactor: Reactor, seed: UInt64,
    isWaiting: @escaping @Sendable (String) -> Bool,
    _ ended: @escaping @Sendable ([String]) -> Void
  ) {
    self.url = url
    self.reactor = reactor
    self.seed = seed
    self.isWaiting = isWaiting
    self.ended = ended
    let ring = reactor.makeAlarm { [weak self] in self?.rang() }
    alarm.withLock { $0 = ring }
  }

  /// Who is in the way of a line, whose first is here or not; `mine` is the session of this client.
  func note(_ line: String, isFirst: Bool, _ way: PostgresObstacle, mine: Int64) {
    let now = reactor.clock.now
    let session = way.session == mine ? 0 : way.session
    state.withLock { $0.plan.note(line, isFirst: isFirst, session: session, at: now) }
    setAlarm()
  }

  private func setAlarm() {
    let next = state.withLock { $0.isClosed ? nil : $0.plan.nextDeadline }
    alarm.withLock { $0 }?.set(next)
  }

  /// Nobody waits any more, as far as the database knows.
  func forgetAll() { state.withLock { $0.plan.forgetAll() } }

  /// Ends all watches.
  func close() {
    let connections = state.withLock { state in
      defer { state.connections = [:] }
      state.isClosed = true
      return Array(state.connections.values)
    }
    for connection in connections { connection.close() }
  }

  private func rang() {
    let now = reactor.clock.now
    let begun: [(Int64, PostgresConnection)] = state.withLock { state in
      guard !state.isClosed else { return [] }
      return state.plan.begin(at: now, isWaiting).map { session in
        let connection = PostgresConnection(
          url, clientName: "interlock watch", reactor: reactor, seed: seed ^ UInt64(session)
        ) { _ in }
        state.connections[session] = connection
        return (session, connection)
      }
    }
    setAlarm()
    for (session, connection) in begun {
      connection.start()
      watch(session, by: connection)
    }
  }

  /// One round: the database says after a few seconds that nothing has happened, and is asked again while somebody waits.
  private func watch(_ session: Int64, by connection: PostgresConnection) {
    connection.call(Self.statement, ["\(session)"]) { [weak self] result in
      guard let self else { return connection.close() }
      let answer = try? result.get().first?.first ?? nil
      let now = reactor.clock.now
      let freed: [String]? = state.withLock { state in
        if answer == "0", !state.isClosed, state.plan.isWanted(session, self.isWaiting) {
          return nil
        }
        state.connections[session] = nil
        return state.plan.end(session, hasDied: answer == "1", at: now)
      }
      guard let freed else { return watch(session, by: connection) }
      connection.close()
      if !freed.isEmpty { ended(freed) }
      setAlarm()
    }
  }
}
