public import Interlock
public import InterlockLocks
package import InterlockSystem

/// Locks decided by a Redis server: for everything that reaches it.
///
/// Grants are leases, given in the order of requests, handed over inside the step that gives a lock back, and fenced. Nobody
/// polls: a waiter is told by a message, over the one connection there is for all of them, and only the first in line looks
/// after the holder's lease. An uncontended take is one round trip, and so is giving back.
///
/// What the server promises is what it keeps: one that restarts without `appendfsync always`, or fails over, may forget
/// holders. They learn of it at their next renewal; until then the fence is the guarantee.
public final class RedisLockBackend: LockBackend {
  /// What errors and listings call it.
  public let title: String
  /// Fences are made of the time, as those of the other backends are, and can be compared with them.
  public var fenceDomain: String { "il" }
  /// What requests of this process are known by.
  public let session: LockSession
  /// What terms are measured by.
  public var clock: any MonotonicClock { reactor.clock }

  let format: RedisLockFormat
  let scripts: RedisLockScripts
  let replicas: RedisReplicas?
  let reactor: Reactor
  let connection: RedisConnection
  /// Where this client listens.
  let channel: String
  private let aliveKey: String
  let driver: RemoteLockDriver
  private let places = Guarded(RedisLockPlaces())

  /// Locks on a server.
  ///
  /// - Parameters:
  ///   - url: The server.
  ///   - form: Whose.
  ///   - session: What requests go by, of this backend alone; nil for one of this process.
  /// - Throws: What the system says when it has no descriptor or thread to spare.
  public convenience init(
    _ url: RedisURL, form: RedisLockForm = .native, session: LockSession? = nil
  ) throws {
    try self.init(
      url, session: session ?? .ofThisProcess(), format: form.format,
      reactor: Reactor("interlock-redis"))
  }

  /// Locks of a format on a server, on a reactor that others may share.
  package init(
    _ url: RedisURL, session: LockSession, format: RedisLockFormat, reactor: Reactor
  ) throws {
    title = url.title
    self.session = session
    self.format = format
    replicas = url.replicas
    self.reactor = reactor
    scripts = RedisLockScripts(format)
    let client = session.prefix.split(separator: ":").last.map(String.init) ?? ""
    channel = "il:c:\(client)"
    aliveKey = "il:a:\(client)"
    var configuration = RemoteLockTable.Configuration(title: url.title)
    configuration.confirms = url.replicas != nil
    driver = RemoteLockDriver(
      RemoteLockTable(configuration, seed: session.secret), clock: reactor.clock)
    // The connection outlives no backend, and knows it only while there is one.
    let owner = Owner()
    connection = RedisConnection(
      url, clientName: "interlock-\(client)", channels: [channel], reactor: reactor,
      seed: session.secret
    ) { event in owner.backend?.happened(event) }
    owner.set(self)
    driver.begin(for: self)
    connection.start()
  }

  deinit { connection.close() }

  /// Something that rings on the reactor's thread.
  public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any LockAlarm {
    reactor.makeAlarm(ring)
  }

  /// Asks the server; `event` is always told, before this returns when the server answers in a moment.
  ///
  /// - Throws: `LockRefusal` when the options are out of their range, or too many requests are open.
  /// - Returns: nil.
  public func request(
    _ request: LockRequest, _ event: @escaping @Sendable (LockEvent) -> Void
  ) throws(LockRefusal) -> LockGrant? {
    if let fault = format.fault(request.name) {
      throw .failed(LockError(request.name, .invalidOption(fault)))
    }
    try driver.request(entry(request, event))
    return nil
  }

  private func entry(
    _ request: LockRequest, _ listener: @escaping RemoteLockTable.Listener
  ) -> RemoteLockRequest {
    RemoteLockRequest(
      request, text: format.token(request.token), key: place(of: request.name).keys.key, listener)
  }

  /// What the server calls a lock.
  func place(of name: LockName) -> RedisLockPlaces.Place {
    places.withLock { $0.place(of: name, format) }
  }

  /// Takes a request that waits out of line; it is told when the server has done so, or cannot be reached.
  public func withdraw(_ token: LockToken, of name: LockName) {
    let text = format.token(token)
    // Its listener is told on the thread that it is always told on.
    reactor.post { self.driver.withdraw(text) }
  }

  /// Gives a grant back, with the next in line having it when this is done.
  public func release(
    _ token: LockToken, of name: LockName,
    _ answer: @escaping @Sendable (Result<Bool, LockError>) -> Void
  ) {
    driver.release(
      format.token(token), entry(LockRequest(name, token: token)) { _ in }, answer)
  }

  /// How a token is recorded in this format.
  public func text(of token: LockToken, for name: LockName) -> String { format.token(token) }

  /// Requests of this client that stand in the way of one that waits.
  ///
  /// - Returns: holders it may not join, and all before it.
  public func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    let text = format.token(token)
    return driver.look { $0.blockers(of: text, for: name) }
  }

  /// Lets go of the connection; grants that are held end with their terms.
  public func close() async {
    let closed = FirstAnswer<Void>()
    // Whoever waits with this client's help is not to wait for its alive key to end.
    connection.send(RedisCommand("DEL", aliveKey), within: .seconds(1), waits: false) { _ in
      closed.give(())
    }
    await closed.value
    connection.close()
  }

  // MARK: Doing

  /// Says that this client lives, for whoever waits with it.
  package func sayAlive() {
    connection.send(
      RedisCommand(
        "SET", aliveKey, "\(session.owner.host):\(session.owner.process)", "PX", "15000"),
      within: .seconds(2), waits: false
    ) { _ in }
  }

  private func happened(_ event: RedisConnection.Event) {
    let now = clock.now
    switch event {
    case .ready(let server):
      // Known to the server before they are called.
      for script in scripts.all {
        connection.send(script.load, within: .seconds(5), waits: false) { _ in }
      }
      driver.step { $0.connected(to: server.life, at: now) }
    case .lost:
      driver.step { $0.disconnected() }
    case .message(_, let payload):
      guard let message = RemoteLockMessage(payload) else { return }
      driver.step { $0.received(message, at: now) }
    }
  }

  /// Where callbacks find the backend, as long as there is one.
  private final class Owner: Sendable {
    private struct Reference: Sendable { weak let value: RedisLockBackend? }
    private let reference = Guarded<Reference?>(nil)
    var backend: RedisLockBackend? { reference.withLock { $0?.value } }
    func set(_ backend: RedisLockBackend) {
      let made = Reference(value: backend)
      reference.withLock { $0 = made }
    }
  }
}
