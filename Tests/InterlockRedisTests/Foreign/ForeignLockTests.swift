import Foundation
import Interlock
import InterlockLocks
import InterlockRedis
import TestSupport
import Testing

/// Other software on the same key: its locks exclude ours and ours exclude its, and neither starves.
@Suite(
  .tags(.integration), .ownThread, .timeLimit(.minutes(10)), .enabled(if: PeerPython.isHere))
struct ForeignLockTests {
  private let server: LocalRedis
  private let raw: RawRedis

  init() throws {
    server = try LocalRedis()
    raw = try RawRedis(server)
  }

  private func refused(_ asked: Asked) async throws -> LockHolder? {
    guard case .busy(let holder)? = try await asked.refusal() else {
      Issue.record("it was granted")
      return nil
    }
    return holder
  }

  @Test(arguments: [
    ("locks.K1", "redis-py", RedisLockForm.redisPy), ("locks.K2", "redis-lock", .redisLock),
    ("locks.K4", "givtcp", .givtcp),
  ])
  func `locks.K1 locks.K2 locks.K4 each side excludes the other, and gets the lock after it`(
    id: String, library: String, form: RedisLockForm
  ) async throws {
    let them = try ForeignClient(library, server)
    let locker = try TestLocker(server, form.format)
    #expect(try them("take plant 0 60") == "yes", "\(id)")
    let token = try them("token")
    #expect(try await refused(locker.ask("plant", waits: false))?.token == token)
    let waiting = try locker.ask("plant")
    try await eventually { try await locker.record("plant").waiters.count == 1 }
    #expect(!waiting.isAnswered)
    #expect(try them("give") == "ok")
    _ = try await waiting.grant()

    #expect(try them("take plant 0 60") == "no")
    #expect(try await waiting.renew().isConfirmed)
    // It waits for longer than this test would for anything; python-redis-lock wants a lease that is longer still.
    try them.say("take plant 100 200")
    #expect(try await waiting.release())
    #expect(try them.hear() == "yes")
    #expect(try them("give") == "ok")
    #expect(try await locker.record("plant").isIdle)
  }

  @Test(arguments: [
    ("locks.K1", "redis-py", RedisLockForm.redisPy), ("locks.K2", "redis-lock", .redisLock),
    ("locks.K4", "givtcp", .givtcp),
  ])
  func
    `locks.K1 locks.K2 locks.K4 nothing that is counted under the lock is lost, and both sides end`(
      id: String, library: String, form: RedisLockForm
    ) async throws
  {
    let them = [try ForeignClient(library, server), try ForeignClient(library, server)]
    for one in them {
      try one("hold plant")
      try one.say("count counter 25")
    }
    let clients = try (0..<3).map { _ in LockClient(try TestLocker(server, form.format).backend) }
    let place = server
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in clients {
        group.addImmediateTask {
          let raw = try RawRedis(place)
          for _ in 0..<25 {
            try await client.withLock("plant") { _ in
              let value = Int(try raw("GET", "counter").string ?? "0") ?? 0
              await Task.yield()
              try raw("SET", "counter", "\(value + 1)")
            }
          }
        }
      }
      try await group.waitForAll()
    }
    for one in them { #expect(try one.hear() == "ok", "\(id)") }
    #expect(try raw("GET", "counter").string == "125")
  }

  @Test func `locks.K1 what redis-py does to a key is a fact: no lease, another lease, its end`()
    async throws
  {
    let them = try ForeignClient("redis-py", server)
    let locker = try TestLocker(server, .redisPy)
    // Without a lease it is held, for as long as it takes.
    #expect(try them("take plant 0 0") == "yes")
    let holder = try await locker.record("plant").holders.first
    #expect(holder?.left == nil && holder?.owner == nil && holder?.fence == nil)
    #expect(try await refused(locker.ask("plant", waits: false))?.left == nil)
    #expect(try them("give") == "ok")

    let held = try await locker.hold("plant", term: .seconds(60))
    // Its operations on our token are refused, and change nothing.
    #expect(try them("give").contains("Error"))
    let value = try raw("GET", "plant")
    #expect(try await held.renew(term: .seconds(600)).isConfirmed)
    #expect(try raw("GET", "plant") == value)
    #expect(try raw("PTTL", "plant").integer ?? 0 > 60_000)
    try raw("DEL", "plant")
    #expect(try them("take plant 0 60") == "yes")
    let token = try them("token")
    #expect(try await held.renew() == .refused(.stolen(by: token)))
    #expect(try await !held.release())
    #expect(try them("extend 30") == "ok")
    #expect(try them("give") == "ok")
  }

  @Test func `locks.K2 who waits at python-redis-lock's list is woken by our release`() async throws
  {
    let them = try ForeignClient("redis-lock", server)
    let locker = try TestLocker(server, .redisLock)
    let held = try await locker.hold("plant")
    #expect(try raw("GET", "lock:plant").string?.utf8.count == 24)
    try them.say("take plant 100 200")
    try await eventually {
      try raw("CLIENT", "LIST").string?.contains("cmd=blpop") == true
    }
    #expect(try await held.release())
    #expect(try them.hear() == "yes")
    #expect(try raw("LLEN", "lock-signal:plant") == .integer(0))
    #expect(try them("give") == "ok")
  }

  @Test func `locks.K2 pottery on one server has the same lock under its own key`() async throws {
    let them = try ForeignClient("pottery", server)
    let locker = try TestLocker(server, .redisPy)
    #expect(try them("take plant 0 60") == "yes")
    #expect(try await refused(locker.ask("redlock:plant", waits: false)) != nil)
    #expect(try them("give") == "ok")
    let held = try await locker.hold("redlock:plant")
    #expect(try them("take plant 0 60") == "no")
    #expect(try await held.release())
  }

  @Test func `locks.K2 a lock of Redisson's is told, and not touched`() async throws {
    let locker = try TestLocker(server, .redisPy)
    try raw("HSET", "plant", "8743c9c0-0795-4907-87fd-6c719a6b4586:1", "1")
    let failure = try await locker.ask("plant").failure()
    #expect(failure.contains("plant is a hash"), "\(failure)")
    #expect(try raw("HGETALL", "plant").elements?.count == 2)
  }

  @Test func `locks.K4 GivTCP's key holds the text of a UUID for whole seconds`() async throws {
    let locker = try TestLocker(server, .givtcp)
    let held = try await locker.hold("inverter_read", term: .milliseconds(29_500))
    let value = try #require(try raw("GET", "givtcp:lock:inverter_read").string)
    #expect(UUID(uuidString: value) != nil && value == value.lowercased() && value.count == 36)
    #expect(try 29_500...30_000 ~= raw("PTTL", "givtcp:lock:inverter_read").integer ?? 0)
    #expect(try await locker.record("inverter_read").holders.first?.token == value)
    #expect(try await held.renew(term: .seconds(60)).isConfirmed)
    #expect(try raw("GET", "givtcp:lock:inverter_read").string == value)
    #expect(try await held.release())
    #expect(try raw("EXISTS", "givtcp:lock:inverter_read") == .integer(0))
  }
}
