import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RedisLockBackendTests {
  @Test
  func `locks.C2 what is held is locked for everybody, the holder too, and free when released`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    #expect(try await a.record("x").isIdle)
    let held = try await a.hold("x", reason: "for a test")
    for locker in [a, b] {
      let holder = try #require(try await locker.record("x").holders.first)
      #expect(holder.token == held.token.text && holder.owner?.host == "test.host")
      #expect(holder.mode == .exclusive && holder.reason == "for a test")
      let fence = try await held.grant().fence
      #expect(holder.isAlive == true && holder.fence == fence)
      let left = try #require(holder.left)
      #expect(left > .zero && left <= TestLocker.term)
    }
    #expect(try await held.release())
    #expect(try await b.record("x").isIdle)
    #expect(try await held.release() == false)
    // Nothing stays but the last fence, and nothing of that beyond a month.
    let raw = try RawRedis(server)
    #expect(try raw("KEYS", "il:l:*").elements?.map(\.string) == ["il:l:{x}:f"])
    #expect(try raw("TTL", "il:l:{x}:f").integer ?? 0 > 2_000_000)
  }

  @Test func `grants go round in the order of requests, over clients, each with a greater fence`()
    async throws
  {
    let server = try LocalRedis()
    let lockers = try (0..<4).map { _ in try TestLocker(server) }
    let first = try await lockers[0].hold("x")
    var waiting: [Asked] = []
    for number in 0..<40 {
      waiting.append(try lockers[number % 4].ask("x"))
      // In line before the next one asks.
      try await eventually { try await lockers[0].record("x").waiters.count == number + 1 }
    }
    #expect(try await lockers[1].record("x").waiters.map(\.token) == waiting.map(\.token.text))
    var fence = try await first.grant().fence
    var holder = first
    for next in waiting {
      #expect(try await holder.release())
      let grant = try await next.grant()
      #expect(grant.fence > fence)
      fence = grant.fence
      holder = next
      #expect(waiting.filter(\.isGranted).last === next)
    }
    #expect(try await holder.release())
    #expect(waiting.allSatisfy { $0.answers == 1 })
    #expect(try RawRedis(server)("KEYS", "il:l:*").elements?.count == 1)
  }

  @Test func `a request that does not wait is told who is in the way`() async throws {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x", reason: "night run")
    guard case .busy(let holder?)? = try await b.ask("x", waits: false).refusal() else {
      Issue.record("it was not refused")
      return
    }
    #expect(holder.token == held.token.text && holder.reason == "night run")
    #expect(try await a.record("x").waiters.isEmpty)
  }

  @Test func `a waiter that withdraws is out of line at once, and one that has it keeps it`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x")
    let (early, late) = (try b.ask("x"), try b.ask("x"))
    // Its own view: its requests have been answered before.
    try await eventually { try await b.record("x").waiters.count == 2 }
    early.withdraw()
    guard case .withdrawn(let holder)? = try await early.refusal() else {
      Issue.record("it was not withdrawn")
      return
    }
    #expect(holder?.token == held.token.text)
    try await eventually { try await a.record("x").waiters.map(\.token) == [late.token.text] }
    #expect(try await held.release())
    _ = try await late.grant()
    late.withdraw()
    #expect(try await late.renew().isConfirmed)
    #expect(early.answers == 1 && late.answers == 1)
  }

  @Test func `those who share are inside together, and whoever came before them is not overtaken`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let (one, two) = (try await a.hold("x", .shared), try await b.hold("x", .shared))
    let writer = try a.ask("x")
    try await eventually { try await a.record("x").waiters.count == 1 }
    let (three, four) = (try b.ask("x", .shared), try a.ask("x", .shared))
    try await eventually { try await a.record("x").waiters.count == 3 }
    #expect(try await a.record("x").holders.map(\.mode) == [.shared, .shared])
    // A foreign client that takes the key finds it taken.
    #expect(try RawRedis(server)("SET", "il:l:{x}", "mine", "NX") == .null)
    #expect(try await one.release())
    #expect(!writer.isGranted)
    #expect(try await two.release())
    _ = try await writer.grant()
    #expect(!three.isGranted && !four.isGranted)
    #expect(try await writer.release())
    _ = try await (three.grant(), four.grant())
    #expect(try await three.renew().isConfirmed)
    #expect(try await three.release())
    #expect(try await four.release())
    #expect(try await a.record("x").isIdle)
  }

  @Test func `permits are never more than there are, a large request is not starved`() async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let (two, one) = (
      try await a.hold("x", .permits(2, of: 4)), try await b.hold("x", .permits(1, of: 4))
    )
    let large = try b.ask("x", .permits(3, of: 4))
    try await eventually { try await a.record("x").waiters.count == 1 }
    let small = try a.ask("x", .permits(1, of: 4))
    try await eventually { try await a.record("x").waiters.count == 2 }
    #expect(try await one.release())
    #expect(!large.isGranted && !small.isGranted)
    #expect(try await two.release())
    _ = try await (large.grant(), small.grant())
    #expect(
      Set(try await a.record("x").holders.map(\.mode)) == [.permits(3, of: 4), .permits(1, of: 4)])
    #expect(try await large.release())
    #expect(try await small.release())
    #expect(try await a.backend.disagreements(about: "x").isEmpty)
  }

  @Test func `another limit, or sharing where there are permits, is refused while it is in use`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x", .permits(1, of: 4))
    #expect(try await b.ask("x", .permits(1, of: 5)).failure().contains("permits of 4"))
    #expect(try await b.ask("x", .shared).failure().contains("permits of 4"))
    #expect(try await held.release())
    let other = try await b.hold("x", .permits(5, of: 5))
    #expect(try await other.release())
    let shared = try await b.hold("x", .shared)
    #expect(try await a.ask("x", .permits(1, of: 1)).failure().contains("in use as shared"))
    #expect(try await shared.release())
  }

  @Test
  func `an exclusive grant can be shared, and a shared one made exclusive by its only holder`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x")
    let reader = try b.ask("x", .shared)
    try await eventually { try await a.record("x").waiters.count == 1 }
    let fence = try await held.grant().fence
    #expect(try await a.backend.convert(held.token, of: "x", to: .shared) == fence)
    _ = try await reader.grant()
    #expect(try await a.backend.convert(held.token, of: "x", to: .exclusive) == nil)
    #expect(try await reader.release())
    let higher = try #require(try await a.backend.convert(held.token, of: "x", to: .exclusive))
    #expect(higher > fence)
    #expect(try await a.record("x").holders.map(\.mode) == [.exclusive])
    #expect(try await held.renew().isConfirmed)
    #expect(try await held.release())
    await #expect(throws: LockError.self) {
      try await a.backend.convert(held.token, of: "x", to: .shared)
    }
  }

  @Test func `a fence is above the floor, at once, after waiting, and when raised`() async throws {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let far = Fence(5_000_000_000_000_000)
    let held = try await a.hold("x", floor: far)
    #expect(try await held.grant().fence > far)
    let floor = Fence(6_000_000_000_000_000)
    let waiter = try b.ask("x", floor: floor)
    try await eventually { try await a.record("x").waiters.count == 1 }
    #expect(try await held.release())
    #expect(try await waiter.grant().fence > floor)
    let higher = Fence(7_000_000_000_000_000)
    let raised = try await b.backend.raiseFence(of: waiter.token, of: "x", above: higher)
    #expect(raised > higher)
    #expect(try await b.backend.lease(of: waiter.token, of: "x", under: raised) != nil)
    #expect(try await b.backend.lease(of: waiter.token, of: "x", under: higher) == nil)
    await #expect(throws: LockError.self) {
      try await a.backend.raiseFence(of: held.token, of: "x", above: higher)
    }
    #expect(try await waiter.release())
  }

  @Test func `locks.C16 two managers exclude each other; one breaks the other's lock and tells it`()
    async throws
  {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x", reason: "long")
    let next = try b.ask("x")
    try await eventually { try await a.record("x").waiters.count == 1 }
    let ended = try await b.backend.forceUnlock(
      "x", expecting: held.token.text, by: "an operator", reason: "it hangs, 100%\n")
    #expect(ended.map(\.token) == [held.token.text] && ended.first?.reason == "long")
    #expect(try await held.lost() == .revoked(by: "an operator", reason: "it hangs, 100%\n"))
    let grant = try await next.grant()
    let before = try await held.grant().fence
    #expect(grant.fence > before)
    #expect(try await held.release() == false)
    #expect(try await next.release())
    await #expect(throws: LockError.self) {
      try await b.backend.forceUnlock("x", expecting: nil, by: "me", reason: "")
    }
  }

  @Test func `locks.R8 a stale token gives nothing back and breaks nothing`() async throws {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let stale = try await a.hold("x")
    #expect(try await stale.release())
    let held = try await b.hold("x")
    #expect(try await stale.release() == false)
    #expect(
      try await stale.renew()
        == .refused(.stolen(by: "test.host:\(b.backend.session.owner.process)")))
    for wrong in [stale.token.text, "", "x y", "il1:shared"] {
      let error = await #expect(throws: LockError.self) {
        try await a.backend.forceUnlock("x", expecting: wrong, by: "me", reason: "")
      }
      guard case .notHolder? = error?.reason else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    #expect(try await held.renew().isConfirmed)
    #expect(held.events.count == 1)
    #expect(
      try await a.backend.forceUnlock("x", expecting: held.token.text, by: "me", reason: "").count
        == 1)
  }

  @Test func `a holder is asked to yield, and only the one that is meant`() async throws {
    let server = try LocalRedis()
    let (a, b) = (try TestLocker(server), try TestLocker(server))
    let held = try await a.hold("x")
    try await b.backend.askToYield("x", token: held.token.text, by: "b", reason: "please")
    try await eventually {
      held.events.all.contains {
        if case .asked(let by, let reason) = $0 { by == "b" && reason == "please" } else { false }
      }
    }
    await #expect(throws: LockError.self) {
      try await b.backend.askToYield("x", token: "il1:other", by: "b", reason: "")
    }
  }

  @Test func `many leases are renewed in one exchange, each answered in its place`() async throws {
    let server = try LocalRedis()
    let locker = try TestLocker(server)
    var held: [Asked] = []
    for number in 0..<1200 {
      held.append(
        try locker.ask(try LockName("n\(number)"), number % 3 == 0 ? .shared : .exclusive))
    }
    for asked in held { _ = try await asked.grant() }
    let raw = try RawRedis(server)
    for number in [0, 7, 1199] { try raw("DEL", "il:l:{n\(number)}") }
    try raw("SET", "il:l:{n8}", "somebody")
    let before = try raw.statistic("cmdstat_evalsha:calls", section: "commandstats") ?? 0
    let answer = Log<[LockRenewal.Answer]>()
    let leases = held.map { LockRenewal(token: $0.token, name: $0.name, term: TestLocker.term) }
    locker.backend.renew(leases) { answer.append($0) }
    try await eventually { answer.count > 0 }
    for (number, answer) in answer.all[0].enumerated() {
      switch number {
      case 0, 7, 1199: #expect(answer == .refused(.expired))
      case 8: #expect(answer == .refused(.stolen(by: "somebody")))
      default: #expect(answer.isConfirmed, "\(number)")
      }
    }
    let after = try raw.statistic("cmdstat_evalsha:calls", section: "commandstats") ?? 0
    #expect(after - before == 3)
  }

  @Test func `listing names every lock at or below a prefix that is held or waited for`()
    async throws
  {
    let server = try LocalRedis()
    let locker = try TestLocker(server)
    var held: [Asked] = []
    for name in ["run-7", "run-7/x", "run-70", "run-7x", "a*b", "a?b", "é [x]"] {
      held.append(try await locker.hold(try LockName(name)))
    }
    _ = try await (try await locker.hold("run-7/idle")).release()
    let names = try await locker.backend.records(below: "run-7").map(\.name.text)
    #expect(names == ["run-7", "run-7/x"])
    #expect(try await locker.backend.records(below: nil).count == 7)
    #expect(try await locker.backend.records(below: "a*b").map(\.name.text) == ["a*b"])
    #expect(try await locker.backend.records(below: "é [x]").map(\.name.text) == ["é [x]"])
  }

  @Test func `blockers are those of this process who are inside or before it`() async throws {
    let server = try LocalRedis()
    let locker = try TestLocker(server)
    let held = try await locker.hold("x")
    let (one, two) = (try locker.ask("x"), try locker.ask("x"))
    #expect(locker.backend.blockers(of: two.token, for: "x") == [held.token, one.token])
    #expect(locker.backend.blockers(of: one.token, for: "x") == [held.token])
    #expect(locker.backend.blockers(of: held.token, for: "x").isEmpty)
    #expect(locker.backend.blockers(of: one.token, for: "y").isEmpty)
  }

  @Test func `options out of their range are refused before anything is sent`() throws {
    let locker = try TestLocker(try LocalRedis())
    for (mode, term, reason) in [
      (LockMode.exclusive, Duration.milliseconds(99), ""), (.permits(0, of: 1), .seconds(1), ""),
      (.permits(2, of: 1), .seconds(1), ""),
      (.shared, .seconds(1), String(repeating: "x", count: 201)),
    ] {
      #expect(throws: LockRefusal.self) { try locker.ask("x", mode, term: term, reason: reason) }
    }
  }
}
