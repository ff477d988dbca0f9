import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import TestSupport
import Testing

/// Servers that vote, each a process of its own behind a proxy of its own.
struct QuorumFleet {
  let servers: [LocalRedis]
  let proxies: [Proxy]

  init(_ count: Int = 3, _ options: LocalRedis.Options = LocalRedis.Options()) throws {
    servers = try (0..<count).map { _ in try LocalRedis(options) }
    proxies = try servers.map { try Proxy($0) }
  }

  /// Where they are: through the proxies, or directly.
  ///
  /// They count as if they forgot nothing unless `longest` says otherwise, for they have all just started.
  func place(far: Bool = false, longest: Duration? = nil, plain: Bool = false) throws
    -> RedisQuorumURL
  {
    var place = try RedisQuorumURL(
      zip(servers, proxies).map { server, proxy in
        var url = server.url
        if far { url.port = proxy.port }
        return url
      })
    place.isPersistent = longest == nil
    place.longestTerm = longest ?? place.longestTerm
    place.hasPlainKeys = plain
    return place
  }

  /// A client, as a process of its own would have it.
  func locker(far: Bool = false, longest: Duration? = nil, plain: Bool = false) throws -> Locker {
    try Locker(place(far: far, longest: longest, plain: plain), servers)
  }

  /// A client that reaches every server.
  func settledLocker(longest: Duration? = nil, plain: Bool = false) async throws -> Locker {
    let locker = try locker(longest: longest, plain: plain)
    try await eventually("every server is reached") {
      locker.backend.serversReady == servers.count
    }
    return locker
  }

  /// How many servers have a vote for a lock.
  func votes(_ key: String = "il:l:{x}") throws -> Int {
    try servers.count { try RawRedis($0)("GET", key) != .null }
  }

  final class Locker: Sendable {
    let backend: RedisQuorumBackend
    /// They end with the last who needs them.
    private let servers: [LocalRedis]
    private static let lives = Guarded<UInt64>(0x1234_9678_0000_0000)

    init(_ place: RedisQuorumURL, _ servers: [LocalRedis]) throws {
      self.servers = servers
      let secret = Self.lives.withLock { secret in
        secret += 1
        return secret
      }
      let owner = LockOwner(host: "test.host", process: Int32(secret & 0xFFFF), processStart: 7)
      backend = try RedisQuorumBackend(
        place, session: LockSession(owner: owner, secret: secret), reactor: Reactor())
    }

    func ask(
      _ name: LockName = "x", term: Duration = .seconds(30), waits: Bool = true,
      floor: Fence? = nil, mode: LockMode = .exclusive
    ) throws -> Asked {
      let asked = Asked(backend, backend.session.nextToken(), name)
      let request = LockRequest(
        name, mode, token: asked.token, term: term, waits: waits, floor: floor)
      let atOnce = try backend.request(request) { [weak asked] in asked?.events.append($0) }
      #expect(atOnce == nil)
      return asked
    }

    func hold(_ name: LockName = "x", term: Duration = .seconds(30)) async throws -> Asked {
      let asked = try ask(name, term: term)
      _ = try await asked.grant()
      return asked
    }

    func untilWaiting(_ count: Int, _ name: LockName = "x") async throws {
      try await eventually("\(count) wait") {
        try await backend.record(of: name).waiters.count == count
      }
    }
  }

  /// One request and what was told of it.
  final class Asked: Sendable {
    let token: LockToken
    private let name: LockName
    private let backend: RedisQuorumBackend
    let events = Log<LockEvent>()

    init(_ backend: RedisQuorumBackend, _ token: LockToken, _ name: LockName) {
      (self.backend, self.token, self.name) = (backend, token, name)
    }

    func grant() async throws -> LockGrant {
      try await eventually("\(name) is answered") { events.count > 0 }
      switch events.all[0] {
      case .granted(let grant): return grant
      case .refused(let refusal): throw refusal
      case .asked, .lost: throw LockError(name, .notHolder(token: token.text))
      }
    }

    func refusal() async throws -> LockRefusal? {
      try await eventually("\(name) is answered") { events.count > 0 }
      if case .refused(let refusal) = events.all[0] { return refusal }
      return nil
    }

    var isGranted: Bool {
      events.all.contains { if case .granted = $0 { true } else { false } }
    }

    func release() async throws -> Bool {
      let answer = FirstAnswer<Result<Bool, LockError>>()
      backend.release(token, of: name) { answer.give($0) }
      return try await answer.value.get()
    }

    func renew(term: Duration = .seconds(30)) async -> LockRenewal.Answer? {
      let answer = FirstAnswer<[LockRenewal.Answer]>()
      backend.renew([LockRenewal(token: token, name: name, term: term)]) { answer.give($0) }
      return await answer.value.first
    }

    func withdraw() { backend.withdraw(token, of: name) }
  }
}
