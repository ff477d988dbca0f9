public import Interlock
public import InterlockLocks
internal import InterlockSystem

/// Locks decided by a PostgreSQL database: for everything that reaches it.
///
/// Grants are given in the order of requests, handed over inside the step that gives a lock back, and fenced. They end with the
/// connection of whoever holds them, which the server notices at once when a process is killed, and with their term when nothing
/// is heard of a connection that seems to stand. Nobody polls: a waiter is told by a message over the one connection there
/// is for all of them, and the first in line has the server wait for the end of the holder's connection.
///
/// Writers in the same database have the strongest guarantee there is: `interlock.check_fence(name, fence)` in their own
/// transaction lets no other grant be given, and none taken away, until that transaction has ended. No clock is involved.
///
/// *Source:* PostgreSQL documentation, 13.3.5, advisory locks.
public final class PostgresLockBackend: LockBackend {
  /// What errors and listings call it.
  public let title: String
  /// Fences are made of the time, as those of the other backends are, and can be compared with them.
  public var fenceDomain: String { "il" }
  /// What requests of this process are known by.
  public let session: LockSession
  /// What terms are measured by.
  public var clock: any MonotonicClock { reactor.clock }

  let reactor: Reactor
  let connection: PostgresConnection
  let driver: RemoteLockDriver
  let watches: PostgresWatches

  /// Locks in a database.
  ///
  /// - Parameters:
  ///   - url: The database; what is needed there is created when it is missing.
  ///   - session: What requests go by, of this backend alone; nil for one of this process.
  /// - Throws: What the system says when it has no descriptor or thread to spare.
  public convenience init(_ url: PostgresURL, session: LockSession? = nil) throws {
    try self.init(
      url, session: session ?? .ofThisProcess(), reactor: Reactor("interlock-postgres"))
  }

  /// Locks in a database, on a reactor that others may share.
  init(_ url: PostgresURL, session: LockSession, reactor: Reactor) throws {
    title = url.title
    self.session = session
    self.reactor = reactor
    var configuration = RemoteLockTable.Configuration(title: url.title)
    configuration.endsWithConnection = true
    driver = RemoteLockDriver(
      RemoteLockTable(configuration, seed: session.secret), clock: reactor.clock)
    let owner = Owner()
    connection = PostgresConnection(
      url, clientName: "interlock", reactor: reactor, seed: session.secret
    ) { event in owner.backend?.happened(event) }
    watches = PostgresWatches(
      url, reactor: reactor, seed: session.secret,
      isWaiting: { line in owner.backend?.driver.look { $0.isWaited(for: line) } ?? false }
    ) { ended in owner.backend?.ended(ended) }
    owner.set(self)
    driver.begin(for: self)
    connection.start()
  }

  deinit {
    connection.close()
    watches.close()
  }

  /// Something that rings on the reactor's thread.
  public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any LockAlarm {
    PostgresAlarm(reactor.makeAlarm(ring))
  }

  /// Asks the database; `event` is always told.
  ///
  /// - Throws: `LockRefusal` when the options are out of their range, or too many requests are open.
  /// - Returns: nil.
  public func request(
    _ request: LockRequest, _ event: @escaping @Sendable (LockEvent) -> Void
  ) throws(LockRefusal) -> LockGrant? {
    try driver.request(entry(request, event))
    return nil
  }

  /// Takes a request that waits out of line; it is told when the database has done so, or cannot be reached.
  public func withdraw(_ token: LockToken, of name: LockName) {
    // Its listener is told on the thread that it is always told on.
    reactor.post { self.driver.withdraw(token.text) }
  }

  /// Gives a grant back, with the next in line having it when this is done.
  public func release(
    _ token: LockToken, of name: LockName,
    _ answer: @escaping @Sendable (Result<Bool, LockError>) -> Void
  ) {
    driver.release(token.text, entry(LockRequest(name, token: token)) { _ in }, answer)
  }

  /// Requests of this client that stand in the way of one that waits.
  ///
  /// - Returns: holders it may not join, and all before it.
  public func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    driver.look { $0.blockers(of: token.text, for: name) }
  }

  /// Lets go of the connection, and of whatever is held by it.
  public func close() async {
    watches.close()
    connection.close()
  }

  private func entry(
    _ request: LockRequest, _ listener: @escaping RemoteLockTable.Listener
  ) -> RemoteLockRequest {
    RemoteLockRequest(request, text: request.token.text, key: request.name.text, listener)
  }

  private func happened(_ event: PostgresConnection.Event) {
    let now = clock.now
    switch event {
    case .ready:
      // Whatever the last connection held has ended with it, and was given up then: nothing is to be asked about.
      driver.step { $0.connected(to: "", at: now) }
    case .lost:
      watches.forgetAll()
      driver.step { $0.disconnected() }
    case .message(let text):
      guard let message = PostgresMessage(text) else { return }
      if case .first(let token, let way) = message, let line = driver.look({ $0.line(of: token) }) {
        note(line, isFirst: true, way)
      }
      driver.step { $0.received(message.plain, at: now) }
    }
  }

  /// The connections of holders that were watched have ended.
  private func ended(_ lines: [String]) {
    driver.step { table in lines.flatMap { table.lookAfter($0) } }
  }

  /// Where callbacks find the backend, as long as there is one.
  private final class Owner: Sendable {
    private struct Reference: Sendable { weak let value: PostgresLockBackend? }
    private let reference = Guarded<Reference?>(nil)
    var backend: PostgresLockBackend? { reference.withLock { $0?.value } }
    func set(_ backend: PostgresLockBackend) {
      let made = Reference(value: backend)
      reference.withLock { $0 = made }
    }
  }
}

/// An alarm of the reactor.
private final class PostgresAlarm: LockAlarm {
  private let alarm: ReactorAlarm
  init(_ alarm: ReactorAlarm) { self.alarm = alarm }
  func set(_ deadline: Instant?) { alarm.set(deadline) }
}
