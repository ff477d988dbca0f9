import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RedisLockLoadTests {
  private let clock = SystemClock()

  @Test func `a thousand waiters over one connection are served once each, in order`() async throws
  {
    let server = try LocalRedis()
    let (locker, other) = (try TestLocker(server), try TestLocker(server))
    let held = try await other.hold("x")
    let order = Log<Int>()
    let waiting = try (0..<1000).map { _ in try locker.ask("x") }
    try await eventually { try await locker.record("x").waiters.count == 1000 }
    #expect(try await locker.record("x").waiters.map(\.token) == waiting.map(\.token.text))
    #expect(try RawRedis(server)("CLIENT", "LIST").string?.split(separator: "\n").count == 3)
    #expect(try await held.release())
    for (number, asked) in waiting.enumerated() {
      _ = try await asked.grant()
      order.append(number)
      #expect(waiting.count { $0.isGranted } == number + 1)
      #expect(try await asked.release())
    }
    #expect(order.all == Array(0..<1000))
    #expect(try await other.record("x").isIdle)
  }

  @Test func `a reconnect with many waiters keeps each at its place`() async throws {
    let server = try LocalRedis()
    let (locker, other) = (try TestLocker(server), try TestLocker(server))
    let held = try await other.hold("x")
    let waiting = try (0..<300).map { _ in try locker.ask("x") }
    try await eventually { try await locker.record("x").waiters.count == 300 }
    let raw = try RawRedis(server)
    try raw("CLIENT", "KILL", "TYPE", "pubsub")
    try raw("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    try await eventually { (try? await locker.record("x").waiters.count) == 300 }
    #expect(try await locker.record("x").waiters.map(\.token) == waiting.map(\.token.text))
    try await eventually { try await held.renew().isConfirmed }
    #expect(try await held.release())
    for asked in waiting.prefix(20) {
      _ = try await asked.grant()
      #expect(try await asked.release())
    }
    #expect(waiting.allSatisfy { $0.answers <= 1 })
  }

  @Test func `locks.P2 uncontended, a take and a release are one call each; waiting costs nothing`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    _ = try await (try await a.hold("warm")).release()
    _ = try await (try await b.hold("warm")).release()
    let raw = try RawRedis(server)
    func calls() throws -> Int {
      try raw.statistic("cmdstat_evalsha:calls", section: "commandstats") ?? 0
    }
    let before = try calls()
    for number in 0..<50 {
      let held = try await a.hold(try LockName("n\(number % 5)"))
      #expect(try await held.release())
    }
    #expect(try calls() - before == 100)

    let held = try await a.hold("x")
    let waiting = try (0..<200).map { _ in try b.ask("x") }
    // Its own look, after all of its own requests were answered.
    try await eventually { try await b.record("x").waiters.count == 200 }
    let start = (
      calls: try calls(), all: try raw.statistic("total_commands_processed", section: "stats") ?? 0
    )
    let begun = clock.now
    try await clock.sleep(for: .seconds(2))
    let took = begun.duration(to: clock.now)
    let idle = try calls() - start.calls
    let all = (try raw.statistic("total_commands_processed", section: "stats") ?? 0) - start.all
    print("locks.P2: \(all) commands of all kinds, \(idle) of locks, in \(took) with 200 waiters")
    // At most one look per ten seconds and lock, whatever time this took.
    #expect(idle <= 1 + Int(took / .seconds(10)))
    #expect(waiting.allSatisfy { !$0.isAnswered })
    #expect(try await held.release())
  }

  @Test func `locks.P3 clients that come back at once have as many turns each`() async throws {
    let server = try LocalRedis()
    let lockers = try (0..<8).map { _ in try TestLocker(server) }
    let turns = try await withThrowingTaskGroup(of: Int.self) { group in
      let count = Shared(0)
      for locker in lockers {
        group.addTask {
          var mine = 0
          while count.next() < 400 {
            let held = try await locker.hold("x")
            mine += 1
            #expect(try await held.release())
          }
          return mine
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    print("locks.P3: turns \(turns.sorted())")
    #expect(turns.reduce(0, +) == 400)
  }

  @Test func `locks.N2 no name reaches another key or pattern`() async throws {
    let server = try LocalRedis()
    let locker = try TestLocker(server)
    let raw = try RawRedis(server)
    let canaries = ["canary", "il:l:{other}", "il:l:{other}:q", "il:l:{}", "a}{b"]
    for canary in canaries { try raw("SET", canary, "sings") }
    let names = [
      "}:q", "other}", "{other}", "*", "?", "[a-z]*", "x}:f", "..", "../canary",
      "\r\nDEL canary\r\n",
      "a}{b", "canary", "%", "é\u{301}", "\u{202E}x", "🦊", String(repeating: "x", count: 512),
    ]
    for text in names {
      let name = try LockName(text)
      let held = try await locker.hold(name, reason: "}\r\n*")
      let waiting = try locker.ask(name)
      try await eventually { try await locker.record(name).waiters.count == 1 }
      #expect(try await locker.backend.records(below: name).map(\.holders.count) == [1], "\(name)")
      #expect(try await held.release())
      _ = try await waiting.grant()
      #expect(try await waiting.release())
    }
    for canary in canaries { #expect(try raw("GET", canary).string == "sings", "\(canary)") }
    let keys = try #require(try raw("KEYS", "*").elements?.compactMap(\.string))
    let ours = keys.filter { !canaries.contains($0) && !$0.hasPrefix("il:a:") }
    #expect(ours.allSatisfy { $0.hasPrefix("il:l:{") && $0.hasSuffix("}:f") }, "\(ours)")
    #expect(ours.count == names.count)
  }

  @Test func `redis-py: its holder excludes us, and when it lets go the first in line notices`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server, .redisPy), try TestLocker(server, .redisPy))
    let raw = try RawRedis(server)
    // As redis-py takes: a lease, and as it does without one.
    for lease in [["PX", "60000"], []] {
      #expect(try raw(["SET", "my lock*", "0123456789abcdef", "NX"] + lease).string == "OK")
      guard case .busy(let holder)? = try await a.ask("my lock*", waits: false).refusal() else {
        Issue.record("it was granted")
        return
      }
      #expect(holder?.token == "0123456789abcdef" && holder?.owner == nil)
      let (first, second) = (try a.ask("my lock*"), try b.ask("my lock*"))
      try await eventually { try await a.record("my lock*").waiters.count == 2 }
      #expect(!first.isAnswered && !second.isAnswered)
      try raw("DEL", "my lock*")
      let order = Log<String>()
      try await eventually { first.isGranted || second.isGranted }
      for asked in first.isGranted ? [first, second] : [second, first] {
        _ = try await asked.grant()
        // The key looks as that software wants it: the token and a lease.
        #expect(try raw("GET", "my lock*").string == asked.token.text)
        #expect(try raw("PTTL", "my lock*").integer ?? 0 > 0)
        #expect(try raw("SET", "my lock*", "x", "NX") == .null)
        order.append(asked.token.text)
        #expect(try await asked.renew().isConfirmed)
        #expect(try raw("GET", "my lock*").string == asked.token.text)
        #expect(try await asked.release())
      }
      #expect(try raw("EXISTS", "my lock*") == .integer(0))
    }
  }

  @Test func `redis-py: after so many hand-overs the key is free for a moment, for those who poll`()
    async throws
  {
    let server = try LocalRedis()
    let locker = try TestLocker(server, .redisPy)
    let raw = try RawRedis(server)
    let held = try await locker.hold("k")
    let waiting = try (0..<40).map { _ in try locker.ask("k") }
    try await eventually { try await locker.record("k").waiters.count == 40 }
    #expect(try await held.release())
    var wasFree = false
    for asked in waiting {
      if !wasFree {
        // It waits like somebody who polls: it is let in within the first two rounds of turns.
        try await eventually {
          if asked.isGranted { return true }
          wasFree = try raw("SET", "k", "foreign", "NX", "PX", "5000").string == "OK"
          return wasFree
        }
        if wasFree {
          #expect(waiting.count { $0.isGranted } == 16)
          try raw("DEL", "k")
        }
      }
      _ = try await asked.grant()
      #expect(try await asked.release())
    }
    #expect(wasFree)
  }
}

/// A value that tasks share.
private final class Shared<Value: Sendable>: Sendable {
  private let box: Guarded<Value>
  init(_ value: Value) { box = Guarded(value) }
}

extension Shared<Int> {
  func next() -> Int {
    box.withLock { value in
      defer { value += 1 }
      return value
    }
  }
}
