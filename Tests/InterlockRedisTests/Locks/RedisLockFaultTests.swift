import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import TestSupport
import Testing

/// What goes wrong with servers, networks and other clients; the acceptance list's numbers stand in front.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RedisLockFaultTests {
  private let clock = SystemClock()
  private let scripts = RedisLockScripts(.native)

  private func pair() throws -> (
    server: LocalRedis, proxy: Proxy, far: TestLocker, near: TestLocker
  ) {
    let server = try LocalRedis()
    let proxy = try Proxy(server)
    return (server, proxy, try TestLocker(server, port: proxy.port), try TestLocker(server))
  }

  @Test func `locks.F1 a holder that is gone: the next one has it when the lease is over`()
    async throws
  {
    let (_, proxy, far, near) = try pair()
    let held = try await far.hold("x", term: .seconds(2))
    let next = try near.ask("x")
    try await eventually { try await near.record("x").waiters.count == 1 }
    proxy.become(.isCut)
    let before = try await held.grant()
    let grant = try await next.grant()
    #expect(grant.fence > before.fence)
    print(
      "locks.F1: the next holder after \(before.requested.duration(to: clock.now)) of a lease of 2 s"
    )
  }

  @Test
  func `locks.F4 a waiter that stands still loses its turn, not its place, and takes nothing back`()
    async throws
  {
    let (_, proxy, far, near) = try pair()
    let held = try await near.hold("x")
    let still = try far.ask("x")
    try await eventually { try await near.record("x").waiters.count == 1 }
    let (second, third) = (try near.ask("x"), try near.ask("x"))
    try await eventually { try await near.record("x").waiters.count == 3 }
    proxy.become(.holdsBack)
    #expect(try await held.release())
    let start = clock.now
    _ = try await second.grant()
    print("locks.F4: another got on after \(start.duration(to: clock.now))")
    #expect(!still.isGranted && !third.isGranted)
    proxy.become(.passes)
    // What it is told now is old news; it asks again, and is before the third.
    try await eventually {
      try await near.record("x").waiters.map(\.token) == [still.token.text, third.token.text]
    }
    #expect(!still.isGranted)
    #expect(try await second.release())
    _ = try await still.grant()
    #expect(try await still.release())
    _ = try await third.grant()
    #expect(still.answers == 1)
  }

  @Test(arguments: ["FLUSHALL", "DEL", "EXPIRE 0"])
  func `locks.F6 a lock that is wiped out is lost at the next renewal, and fences go on growing`(
    _ way: String
  ) async throws {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let raw = try RawRedis(server)
    let held = try await a.hold("x")
    let waiting = try b.ask("x")
    try await eventually { try await a.record("x").waiters.count == 1 }
    let fence = try await held.grant().fence
    switch way {
    case "FLUSHALL": try raw("FLUSHALL")
    case "DEL": try raw("DEL", "il:l:{x}")
    default: try raw("EXPIRE", "il:l:{x}", "0")
    }
    #expect(try await held.renew() == .refused(way == "FLUSHALL" ? .backendReset : .expired))
    // Whoever was in line is again, within the time that every line is looked after.
    #expect(try await waiting.grant().fence > fence)
    #expect(try await held.release() == false)
    #expect(try await waiting.release())
  }

  @Test func `locks.F7 a restart that forgets: holders are told, waiters are in line again`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x")
    let (one, two) = (try b.ask("x"), try b.ask("x"))
    try await eventually { try await a.record("x").waiters.count == 2 }
    try server.restart()
    #expect(try await held.lost() == .backendReset)
    let (after, before) = (try await one.grant().fence, try await held.grant().fence)
    #expect(after > before)
    #expect(!two.isGranted)
    #expect(try await one.release())
    _ = try await two.grant()
  }

  @Test func `locks.F7 a restart with everything on disk: nobody notices`() async throws {
    var options = LocalRedis.Options()
    options.isPersistent = true
    let server = try LocalRedis(options)
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x", term: .seconds(60))
    let one = try b.ask("x")
    try await eventually { try await a.record("x").waiters.count == 1 }
    try server.restart()
    try await eventually { (try? await a.record("x").holders.count) == 1 }
    try await eventually { try await held.renew(term: .seconds(60)).isConfirmed }
    #expect(!one.isAnswered)
    #expect(try await held.release())
    _ = try await one.grant()
    #expect(held.events.count == 1)
  }

  @Test func `locks.F7 scripts forgotten, connections killed, the server paused: it goes on`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let raw = try RawRedis(server)
    for round in 0..<6 {
      let held = try await a.hold("x")
      let next = try b.ask("x")
      try await eventually { try await a.record("x").waiters.count == 1 }
      switch round % 3 {
      case 0: try raw("SCRIPT", "FLUSH")
      case 1: try raw("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      default: try raw("CLIENT", "PAUSE", "200")
      }
      try await eventually { try await held.renew().isConfirmed }
      #expect(try await held.release())
      _ = try await next.grant()
      #expect(try await next.release())
    }
    #expect(try await a.record("x").isIdle)
  }

  @Test
  func
    `locks.F7 a server that sleeps longer than the lease: the lease is not renewed, and nobody hangs`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let raw = try RawRedis(server)
    let held = try await a.hold("x", term: .milliseconds(500))
    let next = try b.ask("x")
    try await eventually { try await a.record("x").waiters.count == 1 }
    async let asleep = BlockingPool.shared.run { try raw("DEBUG", "SLEEP", "1") }
    try await eventually {
      try await held.renew(term: .milliseconds(500)) != .refused(.disconnected)
    }
    _ = try await asleep
    _ = try await next.grant()
    #expect(try await held.release() == false)
  }

  @Test
  func `locks.F10 a message that is lost with its connection is found out about by asking again`()
    async throws
  {
    let (_, proxy, far, near) = try pair()
    for _ in 0..<3 {
      let held = try await near.hold("x")
      let waiting = try far.ask("x")
      try await eventually { try await near.record("x").waiters.count == 1 }
      // What is published goes into the void.
      proxy.become(.holdsBack)
      #expect(try await held.release())
      proxy.become(.isCut)
      proxy.become(.passes)
      _ = try await waiting.grant()
      #expect(try await waiting.release())
      #expect(waiting.answers == 1)
    }
  }

  @Test func `locks.F11 the answer to take is lost: it is granted once, or waits once`()
    async throws
  {
    let (_, proxy, far, near) = try pair()
    _ = try await (try await far.hold("warm")).release()
    proxy.loseAnswer(to: scripts.take.digest)
    let held = try await far.hold("x")
    #expect(proxy.losses == 1)
    #expect(try await near.record("x").holders.map(\.token) == [held.token.text])
    #expect(try await held.renew().isConfirmed)
    let other = try await near.hold("y")
    proxy.loseAnswer(to: scripts.take.digest)
    let waiting = try far.ask("y")
    try await eventually { proxy.losses == 2 }
    try await eventually { try await near.record("y").waiters.map(\.token) == [waiting.token.text] }
    #expect(try await other.release())
    _ = try await waiting.grant()
    #expect(held.answers == 1 && waiting.answers == 1)
  }

  @Test func `locks.F11 the answer to release, cancel, claim, renew and force is lost: one state`()
    async throws
  {
    let (_, proxy, far, near) = try pair()
    let held = try await far.hold("x")
    proxy.loseAnswer(to: scripts.renew.digest)
    #expect(try await held.renew() == .unanswered)
    try await eventually { try await held.renew().isConfirmed }
    proxy.loseAnswer(to: scripts.release.digest)
    #expect(try await held.release())
    #expect(try await near.record("x").isIdle)

    let other = try await near.hold("x")
    let leaving = try far.ask("x")
    try await eventually { try await near.record("x").waiters.count == 1 }
    proxy.loseAnswer(to: scripts.cancel.digest)
    leaving.withdraw()
    _ = try await leaving.refusal()
    try await eventually { try await near.record("x").waiters.isEmpty }

    let waiting = try far.ask("x")
    try await eventually { try await near.record("x").waiters.count == 1 }
    proxy.loseAnswer(to: scripts.claim.digest)
    #expect(try await other.release())
    _ = try await waiting.grant()
    #expect(try await near.record("x").holders.map(\.token) == [waiting.token.text])

    proxy.loseAnswer(to: scripts.force.digest)
    let ended = try await far.backend.forceUnlock(
      "x", expecting: waiting.token.text, by: "me", reason: "")
    #expect(ended.map(\.token) == [waiting.token.text])
    #expect(try await near.record("x").isIdle)
    #expect(proxy.losses == 5)
    #expect(leaving.answers == 1 && waiting.answers == 1)
  }

  @Test func `locks.F13 no memory, a replica, no way to save: an error that says so, and no grant`()
    async throws
  {
    let server = try LocalRedis()
    let locker = try TestLocker(server)
    let raw = try RawRedis(server)
    let held = try await locker.hold("held")
    try raw("CONFIG", "SET", "maxmemory", "1")
    #expect(try await locker.ask("x").failure().contains("no memory left"))
    // What was given can be given back all the same.
    #expect(try await held.release())
    try raw("CONFIG", "SET", "maxmemory", "0")

    var options = LocalRedis.Options()
    options.replicaOf = server.port
    let replica = try LocalRedis(options)
    #expect(try await TestLocker(replica).ask("x").failure().contains("read-only"))

    try raw("CONFIG", "SET", "save", "1 1")
    try raw("CONFIG", "SET", "dbfilename", "dump.rdb")
    try raw("SET", "something", "1")
    try raw("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes")
    // Where nobody can make a file.
    #expect(try raw("CONFIG", "SET", "dir", "/proc").string == "OK")
    _ = try raw("BGSAVE")
    try await eventually("it fails to save") {
      try raw("INFO", "persistence").string?.contains("rdb_last_bgsave_status:err") == true
    }
    #expect(try await locker.ask("x").failure().contains("cannot save"))
    #expect(try await locker.record("x").holders.isEmpty)
  }

  @Test func `locks.F13 a wrong password, a busy server, nobody there: an error that says so`()
    async throws
  {
    var options = LocalRedis.Options()
    options.password = "right"
    let server = try LocalRedis(options)
    var wrong = server.url
    wrong.password = "wrong"
    let session = LockSession(owner: LockOwner(host: "h", process: 1), secret: 99)
    let backend = try RedisLockBackend(wrong, session: session)
    let events = Log<LockEvent>()
    _ = try backend.request(LockRequest("x", token: session.nextToken())) { events.append($0) }
    try await eventually { events.count == 1 }
    guard case .refused(.failed(let error)) = events.all[0] else {
      Issue.record("\(events.all)")
      return
    }
    #expect("\(error)".contains("user and password") && "\(error)".contains(server.url.title))
    #expect(!"\(error)".contains("wrong"))

    let plain = try LocalRedis()
    let locker = try TestLocker(plain)
    _ = try await (try await locker.hold("warm")).release()
    let raw = try RawRedis(plain)
    try raw("CONFIG", "SET", "busy-reply-threshold", "10")
    async let script = BlockingPool.shared.run { try raw("EVAL", "while true do end", "0") }
    let other = try RawRedis(plain)
    try await eventually {
      if case .error(let text) = try other("GET", "k") { text.hasPrefix("BUSY") } else { false }
    }
    #expect(try await locker.ask("x").failure().contains("SCRIPT KILL"))
    try other("SCRIPT", "KILL")
    _ = try await script
    _ = try await locker.hold("x")

    plain.kill()
    try await eventually { (try? await locker.record("y")) == nil }
    try await eventually { try await locker.ask("y").failure().contains("is it running?") }
  }

  @Test(arguments: ["", ":q", ":w", ":s", ":f"])
  func `locks.F14 a key of another kind is named and left alone`(_ side: String) async throws {
    let server = try LocalRedis()
    let locker = try TestLocker(server)
    let raw = try RawRedis(server)
    let key = "il:l:{x}\(side)"
    try raw("RPUSH", key, "something")
    let failure = try await locker.ask("x").failure()
    #expect(failure.contains(key) && failure.contains("a list"), "\(failure)")
    #expect(try raw("LRANGE", key, "0", "-1") == .array([.string("something")]))
    #expect(try raw("KEYS", "il:l:*").elements?.count == 1, "and nothing else was written")
    await #expect(throws: LockError.self) { try await locker.record("x") }
  }

  @Test(arguments: ["text", "-5", "9007199254740993", "1e9", ""])
  func `locks.F14 a register that is no fence is named and left alone`(_ value: String) async throws
  {
    let server = try LocalRedis()
    let locker = try TestLocker(server)
    let raw = try RawRedis(server)
    try raw("SET", "il:l:{x}:f", value)
    let failure = try await locker.ask("x").failure()
    #expect(failure.contains("il:l:{x}:f") && failure.contains("no fence"), "\(failure)")
    #expect(try raw("KEYS", "il:l:*").elements?.count == 1)
  }

  @Test func `locks.F14 garbage among waiters and holders is nobody, and is swept away`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let raw = try RawRedis(server)
    let held = try await a.hold("x")
    try raw("ZADD", "il:l:{x}:q", "1", "nobody", "2", "somebody", "-inf", "first")
    try raw("HSET", "il:l:{x}:w", "somebody", "x y z", "first", "x 1 30000 il:c:dead 0 0 ")
    let waiting = try b.ask("x")
    try await eventually { try await a.record("x").waiters.count == 4 }
    #expect(try await !a.backend.disagreements(about: "x").isEmpty)
    #expect(try await held.release())
    _ = try await waiting.grant()
    #expect(try await waiting.release())
    #expect(try await a.record("x").isIdle)
    try raw("SET", "il:l:{x}", "il1:shared")
    try raw("ZADD", "il:l:{x}:s", "+inf", "ghost")
    let free = try await a.hold("x")
    #expect(try await free.release())
    #expect(try raw("KEYS", "il:l:*").elements?.count == 1)
  }

  @Test func `messages that nobody sent change nothing`() async throws {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let raw = try RawRedis(server)
    let held = try await a.hold("x")
    let waiting = try b.ask("x")
    try await eventually { try await a.record("x").waiters.count == 1 }
    let channel = try #require(
      try raw("PUBSUB", "CHANNELS", "il:c:*").elements?.compactMap(\.string))
    for channel in channel {
      for text in [
        "", "g", "g x \(waiting.token.text) 99 1", "g x \(waiting.token.text) many 1",
        "h x \(waiting.token.text) -9223372036854775808 o", "h x \(waiting.token.text) 0 f",
        "r x \(waiting.token.text) me. .", "y a b c d", "r x nobody %zz %", "g a b 1 1 1 1",
      ] { try raw("PUBLISH", channel, text) }
    }
    #expect(try await held.renew().isConfirmed)
    #expect(!waiting.isAnswered)
    #expect(try await held.release())
    _ = try await waiting.grant()
  }
}
