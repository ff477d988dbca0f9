import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import Testing

/// A client of a lock server, as a process of its own would have it.
final class TestLocker: Sendable {
  let backend: RedisLockBackend
  let server: LocalRedis
  /// Nobody renews here: a term that is longer than any test, however slow the machine.
  static let term = Duration.seconds(1_800)
  private static let lives = Guarded<UInt64>(0x1234_5678_0000_0000)

  init(
    _ server: LocalRedis, _ format: RedisLockFormat = .native, port: UInt16? = nil,
    reactor: Reactor? = nil, replicas: RedisReplicas? = nil
  ) throws {
    self.server = server
    let secret = Self.lives.withLock { secret in
      secret += 1
      return secret
    }
    var url = server.url
    url.port = port ?? url.port
    url.replicas = replicas
    let owner = LockOwner(host: "test.host", process: Int32(secret & 0xFFFF), processStart: 7)
    backend = try RedisLockBackend(
      url, session: LockSession(owner: owner, secret: secret), format: format,
      reactor: reactor ?? Reactor())
  }

  /// Asks for a lock.
  func ask(
    _ name: LockName, _ mode: LockMode = .exclusive, term: Duration = TestLocker.term,
    waits: Bool = true, floor: Fence? = nil, reason: String = ""
  ) throws -> Asked {
    let asked = Asked(self, backend.session.nextToken(), name)
    let request = LockRequest(
      name, mode, token: asked.token, term: term, waits: waits, floor: floor, reason: reason)
    let atOnce = try backend.request(request) { [weak asked] in asked?.happened($0) }
    #expect(atOnce == nil, "a server is never asked without a round trip")
    return asked
  }

  /// Asks, and waits for the grant.
  func hold(
    _ name: LockName, _ mode: LockMode = .exclusive, term: Duration = TestLocker.term,
    floor: Fence? = nil, reason: String = ""
  ) async throws -> Asked {
    let asked = try ask(name, mode, term: term, floor: floor, reason: reason)
    _ = try await asked.grant()
    return asked
  }

  func record(_ name: LockName) async throws -> LockRecord { try await backend.record(of: name) }
}

/// One request and what was told of it.
final class Asked: Sendable {
  let token: LockToken
  let name: LockName
  private let locker: TestLocker
  let events = Log<LockEvent>()

  init(_ locker: TestLocker, _ token: LockToken, _ name: LockName) {
    self.locker = locker
    self.token = token
    self.name = name
  }

  fileprivate func happened(_ event: LockEvent) { events.append(event) }

  /// Waits for the first answer.
  private func first() async throws -> LockEvent {
    try await eventually("\(name) is answered") { events.count > 0 }
    return events.all[0]
  }

  func grant() async throws -> LockGrant {
    switch try await first() {
    case .granted(let grant): return grant
    case .refused(let refusal): throw refusal
    case .asked, .lost: throw LockError(name, .notHolder(token: token.text))
    }
  }

  func refusal() async throws -> LockRefusal? {
    if case .refused(let refusal) = try await first() { refusal } else { nil }
  }

  /// Why it was not granted, in words.
  func failure() async throws -> String {
    if case .failed(let error)? = try await refusal() { "\(error)" } else { "" }
  }

  func lost() async throws -> LeaseLoss? {
    func loss() -> LeaseLoss? {
      for case .lost(let loss) in events.all { return loss }
      return nil
    }
    try await eventually("\(name) is lost") { loss() != nil }
    return loss()
  }

  var isAnswered: Bool { events.count > 0 }
  var isGranted: Bool {
    events.all.contains { if case .granted = $0 { true } else { false } }
  }
  /// Grants and refusals: one, always.
  var answers: Int {
    events.all.count {
      switch $0 {
      case .granted, .refused: true
      case .asked, .lost: false
      }
    }
  }

  func withdraw() { locker.backend.withdraw(token, of: name) }

  func release() async throws -> Bool {
    let answer = Log<Result<Bool, LockError>>()
    locker.backend.release(token, of: name) { answer.append($0) }
    try await eventually("\(name) is given back") { answer.count > 0 }
    return try answer.all[0].get()
  }

  func renew(term: Duration = TestLocker.term) async throws -> LockRenewal.Answer {
    let answer = Log<[LockRenewal.Answer]>()
    locker.backend.renew([LockRenewal(token: token, name: name, term: term)]) { answer.append($0) }
    try await eventually("\(name) is renewed") { answer.count > 0 }
    return answer.all[0][0]
  }
}

extension LockRenewal.Answer {
  var isConfirmed: Bool { if case .confirmed = self { true } else { false } }
}
