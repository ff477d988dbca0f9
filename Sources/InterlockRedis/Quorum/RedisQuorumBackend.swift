public import Interlock
public import InterlockLocks
package import InterlockSystem

/// Locks decided by the majority of several Redis servers that know nothing of each other.
///
/// A lock is held by whom most servers vote for, for as long as most of them renew that. So it outlives the loss of a
/// minority of them: one of three, two of five, three of seven. An uncontended take is one round trip to all servers at once,
/// and so is giving back; where their fence registers differ, another makes them agree.
///
/// Locks are exclusive: sharing and permits need one server that sees everybody, and are refused. Order is by the time of the
/// requests on the clocks of their clients, as far as those agree, and requests that meet may change places.
///
/// A server that restarts without having every write on disk forgets whom it voted for. Its votes do not count until the
/// longest lease has ended that it may have forgotten; ``RedisQuorumURL/isPersistent`` says that it forgets nothing.
///
/// *Fairness:* waiters get their turn by the time of their requests, approximately.
///
/// *Source:* S. Sanfilippo, "Distributed locks with Redis"; what is written is what redsync and pottery write.
public final class RedisQuorumBackend: LockBackend {
  /// What errors and listings call it.
  public let title: String
  /// Fences are made of the time, as those of the other backends are, and can be compared with them.
  public var fenceDomain: String { "il" }
  /// What requests of this process are known by.
  public let session: LockSession
  /// What terms are measured by.
  public var clock: any MonotonicClock { reactor.clock }

  let format: RedisLockFormat
  let scripts = QuorumScripts()
  let reactor: Reactor
  /// Where this client listens.
  let channel: String
  let place: RedisQuorumURL
  let table: Guarded<QuorumTable>
  /// Set once, while it is made.
  private let members = Guarded<[QuorumServer]>([])
  /// What the alarm is set to.
  private let alarmSet = Guarded(Instant.distantFuture)
  private let alarm = Guarded<ReactorAlarm?>(nil)

  /// Locks on several servers.
  ///
  /// - Parameters:
  ///   - place: The servers.
  ///   - session: What requests go by, of this backend alone; nil for one of this process.
  /// - Throws: What the system says when it has no descriptor or thread to spare.
  public convenience init(_ place: RedisQuorumURL, session: LockSession? = nil) throws {
    try self.init(
      place, session: session ?? .ofThisProcess(),
      reactor: Reactor("interlock-quorum"))
  }

  /// Locks on several servers, on a reactor that others may share.
  package init(_ place: RedisQuorumURL, session: LockSession, reactor: Reactor) throws {
    self.place = place
    title = place.title
    self.session = session
    self.reactor = reactor
    format = place.hasPlainKeys ? .redisPy : .native
    let client = session.prefix.split(separator: ":").last.map(String.init) ?? ""
    channel = "il:c:\(client)"
    table = Guarded(
      QuorumTable(
        QuorumTable.Configuration(title: place.title, servers: place.servers.count),
        seed: session.secret))
    // Connections outlive no backend, and know it only while there is one.
    let owner = Owner()
    let ring = reactor.makeAlarm { owner.backend?.rang() }
    alarm.withLock { $0 = ring }
    owner.set(self)
    let servers = place.servers.enumerated().map { [channel, scripts] number, url in
      QuorumServer(
        url, clientName: "interlock-\(client)", channel: channel, scripts: scripts,
        reactor: reactor, seed: session.secret &+ UInt64(number)
      ) { event in owner.backend?.happened(number, event) }
    }
    members.withLock { $0 = servers }
  }

  /// The servers, by their numbers.
  var servers: [QuorumServer] { members.withLock { $0 } }

  /// How many servers can be asked now.
  package var serversReady: Int { table.withLock(\.ready.count) }

  /// Something that rings on the reactor's thread.
  public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any LockAlarm {
    reactor.makeAlarm(ring)
  }

  /// Asks the servers; the answer always comes later.
  ///
  /// - Throws: `LockRefusal` when it is not exclusive, options are out of their range, or too many requests are open.
  /// - Returns: nil.
  public func request(
    _ request: LockRequest, _ event: @escaping @Sendable (LockEvent) -> Void
  ) throws(LockRefusal) -> LockGrant? {
    if let fault = fault(in: request) {
      throw .failed(LockError(request.name, .invalidOption(fault)))
    }
    let entry = QuorumRequest(QuorumRequest.Details(request, format, event))
    let waiting = table.withLock { table in
      table.count < table.configuration.most ? nil : table.count
    }
    if let waiting { throw .failed(LockError(request.name, .queueFull(waiting: waiting))) }
    // Answers come on the reactor's thread, and so does one that needs no server.
    let micros = Self.micros
    let now = clock.now
    let actions = table.withLock { $0.begin(entry, micros: micros, at: now) }
    carryOut(actions)
    return nil
  }

  /// Does what does not call back at once on this thread, and the rest on the reactor's.
  private func carryOut(_ actions: [QuorumTable.Action]) {
    let callsBack = actions.contains {
      switch $0 {
      case .tell, .answer: true
      case .take, .join, .fence, .giveBack: false
      }
    }
    guard callsBack else {
      perform(actions)
      return setAlarm()
    }
    reactor.post {
      self.perform(actions)
      self.setAlarm()
    }
  }

  /// Takes a request that waits out of line; it is told when most servers have done so, or cannot be reached.
  public func withdraw(_ token: LockToken, of name: LockName) {
    let text = format.token(token)
    // Its listener is told on the thread that it is always told on.
    reactor.post {
      let now = self.clock.now
      self.step { $0.withdraw(text, at: now) }
    }
  }

  /// Gives a grant back at every server.
  public func release(
    _ token: LockToken, of name: LockName,
    _ answer: @escaping @Sendable (Result<Bool, LockError>) -> Void
  ) {
    let text = format.token(token)
    let now = clock.now
    let micros = Self.micros
    let actions = table.withLock { table in
      let entry =
        table.request(text)
        ?? QuorumRequest(
          QuorumRequest.Details(LockRequest(name, token: token), format) { _ in })
      return table.release(entry, micros: micros, at: now, answer)
    }
    carryOut(actions)
  }

  /// How a token is recorded.
  public func text(of token: LockToken, for name: LockName) -> String { format.token(token) }

  /// Requests of this client that stand in the way of one that waits.
  ///
  /// - Returns: the holder, and all before it.
  public func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    let text = format.token(token)
    return table.withLock { table in
      let all = table.requests(for: name)
      guard let mine = all.first(where: { $0.text == text }), mine.isOpen else { return [] }
      return all.filter { $0.isHeld || $0.isOpen && $0.ticket < mine.ticket }.map(\.token)
    }
  }

  /// Lets go of the connections; grants that are held end with their terms.
  public func close() async {
    for server in servers { server.connection.close() }
  }

  // MARK: Doing

  /// The time of day, in microseconds since 1970.
  static var micros: UInt64 { UInt64(max(0, WallClock.nanoseconds / 1000)) }

  /// Takes a step of the table and does what follows; on the reactor's thread.
  func step(_ change: (inout QuorumTable) -> [QuorumTable.Action]) {
    perform(table.withLock { change(&$0) })
    setAlarm()
  }

  private func perform(_ actions: [QuorumTable.Action]) {
    for action in actions {
      switch action {
      case .take(let request, let round, let servers): take(request, round, servers)
      case .join(let request, let server): join(request, server)
      case .fence(let request, let round, let fence, let servers):
        write(fence, for: request, round, servers)
      case .giveBack(let request, let keepsPlace, let servers):
        giveBack(request, keepsPlace: keepsPlace, servers)
      case .tell(let listener, let event): listener(event)
      case .answer(let answer, let result): answer(result)
      }
    }
  }

  private func happened(_ server: Int, _ event: QuorumServer.Event) {
    let now = clock.now
    switch event {
    case .ready(let since):
      let countsFrom =
        place.isPersistent ? Instant.origin : since.advanced(by: place.longestTerm * 101 / 100)
      step { $0.connected(server, countsFrom: countsFrom, at: now) }
    case .lost: table.withLock { $0.disconnected(server) }
    case .missing: step { $0.missing(server, at: now) }
    case .message(.first(let token, let left, _)) where left >= 0:
      table.withLock { $0.heldUp(token, for: left, at: now) }
      setAlarm()
    case .message(.first(let token, _, _)): step { $0.turned(token, server, at: now) }
    case .message(.revoked(let token, let by, let reason)):
      step { $0.lost(token, .revoked(by: by, reason: reason), at: now) }
    case .message(.asked(let token, let by, let reason)):
      let listener = table.withLock { table in
        table.request(token).flatMap { $0.isHeld ? $0.listener : nil }
      }
      listener?(.asked(by: by, reason: reason))
    case .message(.granted): return
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

  private func fault(in request: LockRequest) -> String? {
    guard request.mode == .exclusive else {
      return Self.onlyExclusive(request.mode)
    }
    if let fault = request.limitFault { return fault }
    if !place.isPersistent, request.term > place.longestTerm {
      return
        "a term is \(place.longestTerm) at most at \(title), and not \(request.term): for so long a "
        + "server that has restarted does not count; give the servers longest=… or persistent=yes"
    }
    return nil
  }

  static func onlyExclusive(_ mode: LockMode) -> String {
    "locks that several servers vote on are exclusive, and not \(mode); use one server, redis://…, "
      + "for locks that are shared and for permits"
  }

  /// Where callbacks find the backend, as long as there is one.
  private final class Owner: Sendable {
    private struct Reference: Sendable { weak let value: RedisQuorumBackend? }
    private let reference = Guarded<Reference?>(nil)
    var backend: RedisQuorumBackend? { reference.withLock { $0?.value } }
    func set(_ backend: RedisQuorumBackend) {
      let made = Reference(value: backend)
      reference.withLock { $0 = made }
    }
  }
}
