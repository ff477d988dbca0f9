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
  let table: Guarded<RedisLockTable>
  private let places = Guarded(RedisLockPlaces())
  /// What the alarm is set to.
  private let alarmSet = Guarded(Instant.distantFuture)
  /// Set once, right after it was made.
  private let alarm = Guarded<ReactorAlarm?>(nil)

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
    var configuration = RedisLockTable.Configuration(title: url.title)
    configuration.replicas = url.replicas
    let empty = RedisLockTable(configuration, seed: session.secret)
    table = Guarded(empty)
    // The connection outlives no backend, and knows it only while there is one.
    let owner = Owner()
    connection = RedisConnection(
      url, clientName: "interlock-\(client)", channels: [channel], reactor: reactor,
      seed: session.secret
    ) { event in owner.backend?.happened(event) }
    let ring = reactor.makeAlarm { owner.backend?.rang() }
    alarm.withLock { $0 = ring }
    owner.set(self)
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
    if let fault = Self.fault(in: request) ?? format.fault(request.name) {
      throw .failed(LockError(request.name, .invalidOption(fault)))
    }
    let entry = RedisLockRequest(details(request, event))
    let now = clock.now
    let action: RedisLockTable.Action? = table.withLock { table in
      guard table.count < table.configuration.most else { return nil }
      return table.begin(entry, at: now)
    }
    guard let action else {
      let most = table.withLock { $0.configuration.most }
      throw .failed(LockError(request.name, .queueFull(waiting: most)))
    }
    perform([action], isAttended: true)
    return nil
  }

  private func details(
    _ request: LockRequest, _ listener: @escaping RedisLockTable.Listener
  ) -> RedisLockRequest.Details {
    let place = places.withLock { $0.place(of: request.name, format) }
    return RedisLockRequest.Details(request, format, place, listener)
  }

  /// Takes a request that waits out of line; it is told when the server has done so, or cannot be reached.
  public func withdraw(_ token: LockToken, of name: LockName) {
    let text = format.token(token)
    // Its listener is told on the thread that it is always told on.
    reactor.post {
      let now = self.clock.now
      self.step { $0.withdraw(text, at: now) }
    }
  }

  /// Gives a grant back, with the next in line having it when this is done.
  public func release(
    _ token: LockToken, of name: LockName,
    _ answer: @escaping @Sendable (Result<Bool, LockError>) -> Void
  ) {
    let text = format.token(token)
    let now = clock.now
    let actions = table.withLock { table in
      let entry =
        table.request(text)
        ?? RedisLockRequest(details(LockRequest(name, token: token)) { _ in })
      return table.release(entry, at: now, answer)
    }
    perform(actions, isAttended: true)
    setAlarm()
  }

  /// How a token is recorded in this format.
  public func text(of token: LockToken, for name: LockName) -> String { format.token(token) }

  /// Requests of this client that stand in the way of one that waits.
  ///
  /// - Returns: holders it may not join, and all before it.
  public func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    let text = format.token(token)
    return table.withLock { table in
      let all = table.requests(for: name)
      guard let mine = all.first(where: { $0.text == text }), mine.isOpen else { return [] }
      return all.filter { other in
        switch other.phase {
        case .held: !mine.mode.isCompatible(with: other.mode) || mine.mode.limit != nil
        case .asking, .inLine, .claiming: other.number < mine.number
        case .leaving, .releasing: false
        }
      }.map(\.token)
    }
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

  /// Takes a step of the table and does what follows; on the reactor's thread.
  func step(_ change: (inout RedisLockTable) -> [RedisLockTable.Action]) {
    perform(table.withLock { change(&$0) })
    setAlarm()
  }

  /// Does what follows; a caller may wait a moment for the answer to what it asked for itself.
  private func perform(_ actions: [RedisLockTable.Action], isAttended: Bool = false) {
    for action in actions {
      switch action {
      case .take(let request): take(request, isAttended: isAttended)
      case .claim(let request): claim(request)
      case .cancel(let request): cancel(request)
      case .release(let request): sendRelease(request, isAttended: isAttended)
      case .poke(let request): poke(request)
      case .verify(let requests): verify(requests)
      case .awaitReplicas(let request, let fence, let sent):
        awaitReplicas(request, fence, sent: sent)
      case .sayAlive: sayAlive()
      case .tell(let listener, let event): listener(event)
      case .answer(let answer, let result): answer(result)
      }
    }
  }

  private func sayAlive() {
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
      step { $0.connected(to: server, at: now) }
    case .lost:
      table.withLock { $0.disconnected() }
    case .message(_, let payload):
      guard let message = RedisLockMessage(payload) else { return }
      step { $0.received(message, at: now) }
    }
  }

  private func rang() {
    alarmSet.withLock { $0 = .distantFuture }
    let now = clock.now
    step { $0.advance(to: now) }
  }

  private func setAlarm() {
    let next = table.withLock { $0.nextDeadline }
    let isEarlier = alarmSet.withLock { set in
      guard next < set else { return false }
      set = next
      return true
    }
    if isEarlier { alarm.withLock { $0 }?.set(next) }
  }

  private static func fault(in request: LockRequest) -> String? {
    if request.term < .milliseconds(100) || request.term > .seconds(86_400) {
      return "a term is 100ms to 24h, and not \(request.term)"
    }
    if request.reason.utf8.count > 200 || request.reason.utf8.contains(0) {
      return "a reason has 200 bytes at most, and no U+0000"
    }
    if case .permits(let count, let limit) = request.mode,
      !(1...LockMode.mostPermits ~= limit && 1...limit ~= count)
    {
      return
        "\(request.mode): permits are 1 to their limit, and that is \(LockMode.mostPermits) at most"
    }
    return nil
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
