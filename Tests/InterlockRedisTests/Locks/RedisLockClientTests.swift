import Foundation
import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import TestSupport
import Testing

/// What the races of documents come down to at the lock, with a counter on the server for the document.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RedisLockClientTests {
  /// A process with a lock client, and the server that it shares with others.
  private struct Member: Sendable {
    let locker: TestLocker
    let locks: LockClient
    let raw: RawRedis

    init(_ server: LocalRedis) throws {
      locker = try TestLocker(server)
      locks = LockClient(locker.backend)
      raw = try RawRedis(server)
    }

    /// Reads the counter, and writes it back increased, as slowly as a document.
    func update() async throws {
      try await locks.withLock("doc") { lease in
        let value = try raw("GET", "counter").integer ?? 0
        await Task.yield()
        try lease.check()
        try raw("SET", "counter", "\(value + 1)")
      }
    }

    /// Writes in the step that looks whether it may, as a store that keeps fences does.
    func save(_ lease: LockLease, _ token: LockToken) async throws -> Bool {
      try await locker.backend.lease(of: token, of: lease.name, under: lease.fence) != nil
    }
  }

  /// What is recorded, what is listed and what the client counts tell the same.
  private func agrees(
    _ member: Member, holders: Int, waiters: Int = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let record = try await member.locker.record("doc")
    #expect(record.holders.count == holders, sourceLocation: sourceLocation)
    #expect(record.waiters.count == waiters, sourceLocation: sourceLocation)
    let listed = try await member.locker.backend.records(below: nil)
    #expect(listed.flatMap(\.holders).count == holders, sourceLocation: sourceLocation)
    #expect(
      try await member.locker.backend.disagreements(about: "doc").isEmpty,
      sourceLocation: sourceLocation)
  }

  @Test func `locks.R1 R17 five updates in a row by one client: five successes`() async throws {
    let server = try LocalRedis()
    let member = try Member(server)
    for _ in 0..<5 {
      try await member.update()
      try await agrees(member, holders: 0)
    }
    #expect(try member.raw("GET", "counter") == .text(Array("5".utf8)))
    #expect(member.locks.statistics["doc"]?.acquired == 5)
    #expect(member.locks.statistics["doc"]?.held == 0)
  }

  @Test func `locks.R2 R17 C9 five clients, ten updates each: none is lost, no trace is left`()
    async throws
  {
    let server = try LocalRedis()
    let members = try (0..<5).map { _ in try Member(server) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for member in members {
        group.addTask { for _ in 0..<10 { try await member.update() } }
      }
      try await group.waitForAll()
    }
    #expect(try members[0].raw("GET", "counter").integer == 50)
    try await agrees(members[0], holders: 0)
    #expect(try members[0].raw("KEYS", "il:l:*").elements?.count == 1, "but the last fence")
  }

  @Test func `locks.R5 R17 another cannot save, give back or break under a lock it does not hold`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try Member(server), try Member(server))
    try await a.locks.withLock("doc") { lease in
      let own = try #require(try await a.locker.record("doc").holders.first)
      let stranger = b.locker.backend.session.nextToken()
      if let held = try await b.locks.tryLock("doc") {
        try await held.release()
        Issue.record("it was taken from under its holder")
      }
      #expect(try await b.save(lease, stranger) == false)
      for wrong in [stranger.text, "", String(own.token.dropLast())] {
        await #expect(throws: LockError.self) {
          try await b.locks.forceUnlock("doc", expecting: .token(wrong))
        }
      }
      let answer = FirstAnswer<Result<Bool, LockError>>()
      b.locker.backend.release(stranger, of: "doc") { answer.give($0) }
      #expect(try await answer.value.get() == false)
      try lease.check()
      try await agrees(b, holders: 1)
    }
    try await agrees(b, holders: 0)
  }

  @Test func `locks.R11 R17 an update that fails leaves the lock free and the value as it was`()
    async throws
  {
    struct Invalid: Error {}
    let server = try LocalRedis()
    let (a, b) = (try Member(server), try Member(server))
    try a.raw("SET", "counter", "7")
    await #expect(throws: Invalid.self) {
      try await a.locks.withLock("doc") { _ in
        try await agrees(a, holders: 1)
        throw Invalid()
      }
    }
    try await agrees(b, holders: 0)
    guard let held = try await b.locks.tryLock("doc") else {
      Issue.record("it is still held")
      return
    }
    #expect(try b.raw("GET", "counter").integer == 7)
    try await held.release()
    #expect(a.locks.statistics["doc"]?.held == 0)
  }

  @Test func `locks.C12 a hundred locks by ten tasks over one connection`() async throws {
    let server = try LocalRedis()
    let member = try Member(server)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<10 {
        group.addTask {
          for number in 0..<100 {
            let name = try LockName("resource-\((number * 7 + task * 13) % 100)")
            try await member.locks.withLock(name) { try $0.check() }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(member.locks.statistics.values.reduce(0) { $0 + $1.acquired } == 1000)
    #expect(try await member.locker.backend.records(below: nil).isEmpty)
  }

  @Test func `locks.C16 R10 clearing one prefix on the server leaves what is beside it alone`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try Member(server), try Member(server))
    for name in ["run-7", "run-7/x", "run-70", "run-7x"] {
      _ = try await a.locker.hold(try LockName(name))
    }
    let cleared = try await b.locks.clear(below: "run-7", .now)
    #expect(cleared.map(\.name.text).sorted() == ["run-7", "run-7/x"])
    #expect(cleared.allSatisfy { $0.outcome == .ended })
    let left = try await b.locker.backend.records(below: nil)
    #expect(left.map(\.name.text).sorted() == ["run-70", "run-7x"])
  }

  @Test func `locks.F19 bodies hold every thread of the pool for twice the term: leases survive`()
    async throws
  {
    let server = try LocalRedis()
    let member = try Member(server)
    let options = LockOptions(term: .milliseconds(600))
    let width = ProcessInfo.processInfo.activeProcessorCount
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<width {
        group.addTask(executorPreference: globalConcurrentExecutor) {
          try await member.locks.withLock(LockName("held-\(number)"), options: options) { lease in
            // Twice the term, counted in renewals, which come at thirds of it.
            while member.locks.renewalCounts.renewals < width * 6 { Pause.hold(.milliseconds(5)) }
            try lease.check()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(member.locks.statistics.values.allSatisfy { $0.lost.isEmpty })
  }
}
