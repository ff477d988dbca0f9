import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import TestSupport
import Testing

/// Servers that end, stop, forget and are out of reach: real processes.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct QuorumFaultTests {
  private let clock = SystemClock()

  @Test(arguments: [(3, 0), (3, 1), (3, 2), (5, 0), (5, 2), (5, 4)])
  func `locks.F16 any minority may be gone: before, while it is held, and after`(
    _ count: Int, _ first: Int
  ) async throws {
    let fleet = try QuorumFleet(count)
    let (one, other) = (try await fleet.settledLocker(), try await fleet.settledLocker())
    let minority = (0..<count / 2).map { (first + $0) % count }
    let held = try await one.hold()
    try await eventually("all vote for it") { try fleet.votes() == count }
    for server in minority { fleet.servers[server].kill() }
    #expect(await held.renew()?.isConfirmed == true)
    let next = try other.ask()
    try await other.untilWaiting(1)
    #expect(try await held.release())
    let (before, after) = (try await held.grant().fence, try await next.grant().fence)
    #expect(after > before)
    #expect(try await next.release())
    let third = try await one.hold()
    #expect(try await third.grant().fence > after)
    #expect(try await third.release())
    withExtendedLifetime(fleet) {}
  }

  @Test
  func `locks.F16 the majority goes while it is held: nobody else gets in, and it ends by itself`()
    async throws
  {
    let fleet = try QuorumFleet()
    let (one, other) = (LockClient(try await fleet.settledLocker().backend), try fleet.locker())
    let begun = FirstAnswer<LockLease>()
    // Owned by this test, which awaits it.
    let body = Task {
      try await one.withLock("x", options: LockOptions(term: .seconds(2))) { lease in
        begun.give(lease)
        _ = await lease.loss()
      }
    }
    let lease = await begun.value
    fleet.servers[0].kill()
    fleet.servers[1].kill()
    let refused = try other.ask(waits: false)
    guard case .failed(let error)? = try await refused.refusal() else {
      Issue.record("it was not refused")
      return
    }
    guard case .unavailable(_, let cause) = error.reason else {
      Issue.record("\(error)")
      return
    }
    #expect(cause.contains("2 are needed"))
    do {
      try await body.value
      Issue.record("the body ended as if nothing had been")
    } catch let error as LockError {
      guard case .lost(.disconnected) = error.reason else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(throws: (any Error).self) { try lease.check() }
    withExtendedLifetime(fleet) {}
  }

  @Test
  func `locks.F16 a server that restarts empty is not counted until what it forgot has ended`()
    async throws
  {
    let fleet = try QuorumFleet()
    let longest = Duration.seconds(8)
    // They have all just started, and whoever asks waits until they count.
    let one = try await fleet.settledLocker(longest: longest)
    let other = try await fleet.settledLocker(longest: longest)
    let young = try one.ask(term: .seconds(2), waits: false)
    guard case .failed(let error)? = try await young.refusal() else {
      Issue.record("a server that has just started was counted")
      return
    }
    #expect("\(error)".contains("restarted lately"))
    let held = try await one.hold(term: .seconds(2))
    try await eventually("all vote for it") { try fleet.votes() == 3 }
    fleet.servers[1].kill()
    fleet.servers[2].kill()
    try fleet.servers[1].start()
    try fleet.servers[2].start()
    // Both would vote for another now, and have a majority.
    let thief = try other.ask(term: .seconds(2), waits: false)
    #expect(try await thief.refusal() != nil)
    #expect(!thief.isGranted)
    let next = try await other.hold(term: longest)
    #expect(try await next.grant().fence > held.grant().fence)
    #expect(try await next.release())
    withExtendedLifetime(fleet) {}
  }

  @Test func `locks.F16 a server that forgot is not made to remember by a renewal`() async throws {
    let fleet = try QuorumFleet()
    let one = try await fleet.settledLocker()
    let held = try await one.hold()
    try await eventually("all vote for it") { try fleet.votes() == 3 }
    try RawRedis(fleet.servers[0])("DEL", "il:l:{x}")
    #expect(await held.renew()?.isConfirmed == true)
    #expect(try fleet.votes() == 2)
    try RawRedis(fleet.servers[1])("DEL", "il:l:{x}")
    #expect(await held.renew() == .refused(.expired))
    // What is left of it is given back.
    try await eventually { try fleet.votes() == 0 }
    withExtendedLifetime(fleet) {}
  }

  @Test func `locks.F16 one server that stands still delays nobody and gets everything in the end`()
    async throws
  {
    let fleet = try QuorumFleet()
    let (one, other) = (try await fleet.settledLocker(), try await fleet.settledLocker())
    let warm = try await one.hold()
    #expect(try await warm.release())
    fleet.servers[1].pause()
    for _ in 0..<5 {
      let held = try await one.hold()
      let next = try other.ask()
      #expect(try await held.release())
      let (before, after) = (try await held.grant().fence, try await next.grant().fence)
      #expect(after > before)
      #expect(try await next.release())
    }
    fleet.servers[1].resume()
    try await eventually("every vote was given back") { try fleet.votes() == 0 }
    withExtendedLifetime(fleet) {}
  }

  @Test func `locks.F16 of two parts of a network, the one with the majority goes on`() async throws
  {
    let fleet = try QuorumFleet(5)
    // Far goes by the proxies, three of which are about to be cut.
    let (far, near) = (LockClient(try fleet.locker(far: true).backend), try fleet.locker())
    let begun = FirstAnswer<LockLease>()
    // Owned by this test, which awaits it.
    let body = Task {
      try await far.withLock("x", options: LockOptions(term: .seconds(2))) { lease in
        begun.give(lease)
        _ = await lease.loss()
      }
    }
    let lease = await begun.value
    let next = try near.ask(term: .seconds(2))
    try await near.untilWaiting(1)
    for proxy in fleet.proxies.prefix(3) { proxy.become(.isCut) }
    // By the time that the other has it, this one knows that it has not.
    let after = try await next.grant().fence
    #expect(throws: (any Error).self) { try lease.check() }
    #expect(after > lease.fence)
    await #expect(throws: LockError.self) { try await body.value }
    // Two servers are no majority.
    await #expect(throws: LockError.self) {
      try await far.withLock("y", timeout: .zero) { _ in }
    }
    #expect(try await next.release())
    for proxy in fleet.proxies.prefix(3) { proxy.become(.passes) }
    try await far.withLock("x", timeout: patience) { again in
      #expect(again.fence > after)
    }
    withExtendedLifetime(fleet) {}
  }

  @Test func `locks.F1 a holder that is gone: the next one has it when the lease is over`()
    async throws
  {
    let fleet = try QuorumFleet()
    let (far, near) = (try fleet.locker(far: true), try fleet.locker())
    let held = try await far.hold(term: .seconds(2))
    let next = try near.ask()
    try await near.untilWaiting(1)
    for proxy in fleet.proxies { proxy.become(.isCut) }
    let grant = try await next.grant()
    #expect(try await grant.fence > held.grant().fence)
    withExtendedLifetime(fleet) {}
  }

  @Test func `locks.F4 a waiter that stands still loses its turn, and gets on later`() async throws
  {
    let fleet = try QuorumFleet()
    let (far, near) = (try fleet.locker(far: true), try fleet.locker())
    let held = try await near.hold()
    let still = try far.ask()
    try await near.untilWaiting(1)
    let second = try near.ask()
    try await near.untilWaiting(2)
    for proxy in fleet.proxies { proxy.become(.holdsBack) }
    #expect(try await held.release())
    let after = try await second.grant()
    #expect(!still.isGranted)
    for proxy in fleet.proxies { proxy.become(.passes) }
    #expect(try await second.release())
    #expect(try await still.grant().fence > after.fence)
    withExtendedLifetime(fleet) {}
  }

  @Test(arguments: 0..<3)
  func `locks.F11 an answer that is lost changes nothing`(_ lost: Int) async throws {
    let fleet = try QuorumFleet()
    let far = try fleet.locker(far: true)
    let warm = try await far.hold()
    #expect(try await warm.release())
    // Every command about this lock names its key.
    fleet.proxies[lost].loseAnswer(to: "il:l:{x}")
    let held = try await far.hold()
    fleet.proxies[(lost + 1) % 3].loseAnswer(to: "il:l:{x}")
    #expect(try await held.release())
    try await eventually { try fleet.votes() == 0 }
    let again = try await far.hold()
    #expect(try await again.grant().fence > held.grant().fence)
    withExtendedLifetime(fleet) {}
  }

  @Test func `locks.F12 clocks of clients that differ change the order of requests, and no fence`()
    async throws
  {
    let fleet = try QuorumFleet()
    let one = try await fleet.settledLocker()
    for server in fleet.servers {
      // As another client with a clock that is an hour ahead leaves it, where the server believes it.
      let ahead = UInt64(WallClock.nanoseconds / 1000) + 3_600_000_000
      try RawRedis(server)("SET", "il:l:{x}:f", "\(ahead)")
    }
    var last = Fence(0)
    for _ in 0..<5 {
      let held = try await one.hold()
      let fence = try await held.grant().fence
      #expect(fence > last)
      last = fence
      #expect(try await held.release())
    }
    #expect(last.number > UInt64(WallClock.nanoseconds / 1000) + 3_000_000_000)
    withExtendedLifetime(fleet) {}
  }

  @Test func `registers that differ are made equal, at a majority`() async throws {
    let fleet = try QuorumFleet()
    let one = try await fleet.settledLocker()
    let now = UInt64(WallClock.nanoseconds / 1000)
    for (number, server) in fleet.servers.enumerated() {
      try RawRedis(server)("SET", "il:l:{x}:f", "\(now + UInt64(number + 1) * 1_000_000_000)")
    }
    let held = try await one.hold()
    let fence = try await held.grant().fence
    #expect(fence.number > now + 2_000_000_000)
    let same = try fleet.servers.count { server in
      try RawRedis(server)("GET", "il:l:{x}:f").string == "\(fence)"
    }
    #expect(same >= 2)
    #expect(try await held.release())
    withExtendedLifetime(fleet) {}
  }

  @Test func `locks.F14 a key of another kind is named and left as it is`() async throws {
    let fleet = try QuorumFleet()
    let one = try await fleet.settledLocker()
    for server in fleet.servers { try RawRedis(server)("HSET", "il:l:{x}", "a", "1") }
    let refused = try one.ask()
    guard case .failed(let error)? = try await refused.refusal(),
      case .wrongType(let what) = error.reason
    else {
      Issue.record("a hash was taken for a lock")
      return
    }
    #expect(what.contains("il:l:{x}") && what.contains("hash"))
    #expect(try RawRedis(fleet.servers[0])("HGET", "il:l:{x}", "a").string == "1")
    withExtendedLifetime(fleet) {}
  }

  @Test func `locks.F7 scripts that were forgotten are given again`() async throws {
    let fleet = try QuorumFleet()
    let one = try await fleet.settledLocker()
    let warm = try await one.hold()
    #expect(try await warm.release())
    for server in fleet.servers { try RawRedis(server)("SCRIPT", "FLUSH") }
    let held = try await one.hold()
    for server in fleet.servers { try RawRedis(server)("SCRIPT", "FLUSH") }
    #expect(await held.renew()?.isConfirmed == true)
    #expect(try await held.release())
    withExtendedLifetime(fleet) {}
  }
}
