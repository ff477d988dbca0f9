import Interlock
import InterlockLocks
import InterlockRedis
import TestSupport
import Testing

/// Servers that stand still, fail over or have another time; the acceptance list's numbers stand in front.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RedisLockServerTests {
  private let hour: Int64 = 3_600

  @Test func `locks.F5 a stop shorter than the lease: renewals fail, and nothing is lost`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let locks = LockClient(a.backend)
    let options = LockOptions(term: .seconds(6))
    let waiting = try await locks.withLock("x", options: options) { lease in
      let waiting = try b.ask("x")
      try await eventually { try await b.record("x").waiters.count == 1 }
      server.pause()
      try await eventually { locks.renewalCounts.failures > 0 }
      server.resume()
      let before = locks.renewalCounts.renewals
      try await eventually { locks.renewalCounts.renewals > before }
      try lease.check()
      #expect(!waiting.isAnswered)
      return waiting
    }
    _ = try await waiting.grant()
    #expect(locks.statistics.values.allSatisfy { $0.lost.isEmpty })
  }

  /// A server and a replica of it that has everything so far, and hears of nothing from then on.
  private func deafReplica(
    of server: LocalRedis, _ options: LocalRedis.Options = LocalRedis.Options()
  ) async throws -> (server: LocalRedis, raw: RawRedis) {
    var options = options
    options.replicaOf = server.port
    let replica = try LocalRedis(options)
    let raw = try RawRedis(replica)
    try await eventually("it is in step") {
      try raw("INFO", "replication").string?.contains("master_link_status:up") == true
        && raw("DBSIZE") == RawRedis(server)("DBSIZE")
    }
    let nobody = try LoopbackPort.free()
    #expect(try raw("REPLICAOF", "127.0.0.1", "\(nobody)").string == "OK")
    return (replica, raw)
  }

  @Test
  func `locks.F8 a failover to a replica that missed the grant: its holder is told, fences grow`()
    async throws
  {
    let primary = try LocalRedis()
    let proxy = try Proxy(primary)
    let (a, b) = (
      try TestLocker(primary, port: proxy.port), try TestLocker(primary, port: proxy.port)
    )
    #expect(try await (try await a.hold("x")).release())
    let replica = try await deafReplica(of: primary)
    let held = try await a.hold("x")
    let before = try await held.grant().fence
    let waiting = try b.ask("x")
    try await eventually { try await b.record("x").waiters.count == 1 }
    proxy.lead(to: replica.server)
    #expect(try replica.raw("REPLICAOF", "NO", "ONE").string == "OK")
    primary.kill()
    #expect(try await held.lost() == .backendReset)
    #expect(try await waiting.grant().fence > before)
    #expect(try await held.release() == false)
    #expect(try await waiting.release())
  }

  @Test
  func `locks.F8 a failover to a replica with an older clock: the floor keeps fences growing`()
    async throws
  {
    let primary = try LocalRedis()
    let (a, raw) = (try TestLocker(primary), try RawRedis(primary))
    #expect(try raw("SET", "something", "1").string == "OK")
    var options = LocalRedis.Options()
    let clock = try ServerClock()
    options.clock = clock
    let replica = try await deafReplica(of: primary, options)
    try clock.set(-hour)
    let written = try await (try await a.hold("x")).grant().fence
    #expect(try replica.raw("REPLICAOF", "NO", "ONE").string == "OK")
    primary.kill()
    let b = try TestLocker(replica.server)
    // The register is lost and the clock is behind: of these two nothing is left to go on from.
    let without = try await b.hold("x")
    #expect(try await without.grant().fence < written)
    #expect(try await without.release())
    let with = try await b.hold("x", floor: written)
    #expect(try await with.grant().fence > written)
    #expect(try await with.release())
    let after = try await b.hold("x")
    #expect(try await after.grant().fence > written)
  }

  @Test func `locks.F12 the server's time is set back an hour: leases are renewed, fences go on`()
    async throws
  {
    var options = LocalRedis.Options()
    let clock = try ServerClock()
    options.clock = clock
    let server = try LocalRedis(options)
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x")
    let waiting = try b.ask("x")
    try await eventually { try await b.record("x").waiters.count == 1 }
    try clock.set(-hour)
    #expect(try await held.renew().isConfirmed)
    #expect(!waiting.isAnswered)
    var last = try await held.grant().fence
    #expect(try await held.release())
    #expect(try await waiting.grant().fence > last)
    last = try await waiting.grant().fence
    #expect(try await waiting.release())
    let next = try await a.hold("x")
    #expect(try await next.grant().fence > last)
    #expect(try await next.release())
  }

  @Test
  func `locks.F12 the server's time is set on an hour: the lease is over, its holder is told`()
    async throws
  {
    var options = LocalRedis.Options()
    let clock = try ServerClock()
    options.clock = clock
    let server = try LocalRedis(options)
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x")
    let waiting = try b.ask("x")
    try await eventually { try await b.record("x").waiters.count == 1 }
    try clock.set(hour)
    guard case .refused = try await held.renew() else {
      Issue.record("a lease that is over was renewed")
      return
    }
    // Nobody tells: the line is looked after within ten seconds.
    let (before, after) = (try await held.grant().fence, try await waiting.grant().fence)
    #expect(after > before)
    #expect(try await held.release() == false)
    #expect(try await waiting.renew().isConfirmed)
    #expect(try await waiting.release())
    #expect(try await a.record("x").isIdle)
  }

  @Test func `a grant counts when enough replicas have it, and is given back when they do not`()
    async throws
  {
    let primary = try LocalRedis()
    var options = LocalRedis.Options()
    options.replicaOf = primary.port
    let replica = try LocalRedis(options)
    let (raw, copy) = (try RawRedis(primary), try RawRedis(replica))
    try await eventually("it is in step") {
      try raw("INFO", "replication").string?.contains("state=online") == true
    }
    let near = try TestLocker(primary)
    let one = try TestLocker(primary, replicas: RedisReplicas(1, within: .seconds(5)))
    let two = try TestLocker(primary, replicas: RedisReplicas(2, within: .milliseconds(50)))

    let held = try await one.hold("x")
    #expect(try copy("GET", "il:l:{x}").string == held.token.text)
    let pushed = try one.ask("x")
    try await eventually { try await near.record("x").waiters.count == 1 }
    #expect(try await held.release())
    _ = try await pushed.grant()
    #expect(try copy("GET", "il:l:{x}").string == pushed.token.text)
    #expect(try await pushed.release())

    let failure = try await two.ask("x").failure()
    #expect(failure.contains("1 of 2 replicas"), "\(failure)")
    try await eventually { try await near.record("x").isIdle }
    let waiting = try await near.hold("x")
    let refused = try two.ask("x")
    let next = try near.ask("x")
    try await eventually { try await near.record("x").waiters.count == 2 }
    #expect(try await waiting.release())
    #expect(try await refused.failure().contains("1 of 2 replicas"))
    _ = try await next.grant()
    #expect(refused.answers == 1)
  }
}
