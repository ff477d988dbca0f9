import Foundation
import Interlock
import InterlockLocks
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockFileLocks

/// Two backends on one folder are to the kernel what two processes are.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct BackendTests {
  private let directory: TemporaryDirectory
  private let here: FileLockBackend
  private let there: FileLockBackend

  init() throws {
    directory = try TemporaryDirectory()
    here = try .another(directory)
    there = try .another(directory)
  }

  @Test func `a free lock is granted at once, and its fences grow`() throws {
    var last = Fence(0)
    for backend in [here, there, here] {
      let (token, fence) = try backend.take("x")
      #expect(fence > last)
      last = fence
      #expect(try here.isRefused("x") && there.isRefused("x"))
      #expect(backend.release(token, of: "x"))
      #expect(!backend.release(token, of: "x"), "it is given back once")
    }
    // The fence is made of the time, as every backend's.
    #expect(last.number > 1_700_000_000_000_000 && last.number < 1 << 53)
  }

  @Test func `locks.C4 two names do not block each other`() throws {
    _ = try here.take("a")
    _ = try there.take("b")
  }

  @Test func `turns go by the order of requests over processes`() throws {
    let (token, _) = try here.take("x")
    var waiting: [(backend: FileLockBackend, token: LockToken, told: Told)] = []
    for index in 0..<10 {
      let (backend, told) = (index.isMultiple(of: 3) ? here : there, Told())
      waiting.append((backend, try backend.wait("x", told), told))
    }
    var fence = Fence(0)
    var (holder, held) = (here, token)
    for (backend, token, told) in waiting {
      #expect(holder.release(held, of: "x"))
      let grant = try told.grant()
      #expect(grant.fence > fence && grant.term == nil)
      fence = grant.fence
      (holder, held) = (backend, token)
      // Nobody else has got in.
      #expect(waiting.allSatisfy { $0.told.count == 0 })
    }
    holder.release(held, of: "x")
    #expect(try !here.isRefused("x"))
  }

  @Test func `one that gives up leaves the line, and the next does not wait for it`() throws {
    let (token, _) = try here.take("x")
    let (first, second) = (Told(), Told())
    let leaving = try there.wait("x", first)
    let staying = try here.wait("x", second)
    there.withdraw(leaving, of: "x")
    guard case .refused(.withdrawn(let holder)) = try first.next() else {
      Issue.record("it was not told")
      return
    }
    #expect(holder?.token == token.text)
    here.release(token, of: "x")
    _ = try second.grant()
    here.release(staying, of: "x")
  }

  @Test func `locks.P4 readers go together, and not before a writer that came first`() throws {
    let (first, _) = try here.take("x", .shared)
    let (second, _) = try there.take("x", .shared)
    let writer = Told()
    let writing = try there.wait("x", writer)
    let late = Told()
    let reading = try here.wait("x", .shared, late)
    #expect(try here.isRefused("x", .shared), "it would overtake the writer")
    here.release(first, of: "x")
    #expect(writer.count == 0)
    there.release(second, of: "x")
    _ = try writer.grant()
    #expect(late.count == 0)
    there.release(writing, of: "x")
    _ = try late.grant()
    #expect(try !there.isRefused("x", .shared))
    here.release(reading, of: "x")
  }

  @Test func `a reader that still waits is not held up by an earlier reader`() throws {
    // The helper of the withdrawn writer waits for the reader; the reader behind it must not.
    let (reading, _) = try there.take("x", .shared)
    let writer = Told()
    let writing = try here.wait("x", writer)
    let (third, told) = (try FileLockBackend.another(directory), Told())
    let other = Told()
    let alone = try third.wait("x", other)
    here.withdraw(writing, of: "x")
    let late = try here.wait("x", .shared, told)
    third.withdraw(alone, of: "x")
    _ = try told.grant()
    here.release(late, of: "x")
    there.release(reading, of: "x")
  }

  @Test func `locks.P5 never more permits than there are, and a large request gets through`() throws
  {
    let (first, _) = try here.take("x", .permits(2, of: 4))
    let (second, _) = try there.take("x", .permits(1, of: 4))
    let (large, small) = (Told(), Told())
    let largeToken = try there.wait("x", .permits(3, of: 4), large)
    let smallToken = try here.wait("x", .permits(1, of: 4), small)
    #expect(try there.isRefused("x", .permits(1, of: 4)), "it would overtake the large one")
    here.release(first, of: "x")
    _ = try large.grant()
    #expect(small.count == 0)
    there.release(second, of: "x")
    _ = try small.grant()
    #expect(try there.isRefused("x", .permits(1, of: 4)))
    there.release(largeToken, of: "x")
    here.release(smallToken, of: "x")
  }

  @Test func `locks.P5 another limit is refused unless nobody uses the first`() throws {
    let (token, _) = try here.take("x", .permits(1, of: 4))
    for mode in [LockMode.permits(1, of: 5), .shared] {
      guard case .configurationMismatch? = there.failure("x", mode) else {
        Issue.record("\(mode) was not refused")
        return
      }
    }
    here.release(token, of: "x")
    let (other, _) = try there.take("x", .permits(5, of: 5))
    // To have it alone goes with permits: it waits until they are back.
    let told = Told()
    let alone = try here.wait("x", told)
    there.release(other, of: "x")
    _ = try told.grant()
    #expect(try there.isRefused("x", .permits(1, of: 5)))
    here.release(alone, of: "x")
  }

  @Test func `a grant becomes shared in one step, and alone only when nobody else is inside`()
    async throws
  {
    let (token, fence) = try here.take("x")
    #expect(try await here.convert(token, of: "x", to: .shared) == fence)
    let (other, otherFence) = try there.take("x", .shared)
    #expect(try await here.convert(token, of: "x", to: .exclusive) == nil)
    #expect(try !there.isRefused("x", .shared))
    there.release(other, of: "x")
    let told = Told()
    let waiting = try there.wait("x", told)
    let raised = try #require(try await here.convert(token, of: "x", to: .exclusive))
    #expect(raised > otherFence)
    #expect(try there.isRefused("x", .shared) && told.count == 0)
    here.release(token, of: "x")
    #expect(
      try told.grant().fence > raised, "one that waited before has a greater fence all the same")
    there.release(waiting, of: "x")
  }

  @Test func `locks.R6 a fence is raised above what the guarded thing has seen, and stays there`()
    async throws
  {
    let seen = Fence(1 << 52)
    let (token, _) = try here.take("x", floor: seen)
    let told = Told()
    let waiting = try there.wait("x", told)
    let raised = try await here.raiseFence(of: token, of: "x", above: Fence(seen.number + 1000))
    #expect(raised.number > seen.number + 1000)
    #expect(try await here.raiseFence(of: token, of: "x", above: seen) == raised)
    here.release(token, of: "x")
    let next = try told.grant().fence
    #expect(next > raised)
    there.release(waiting, of: "x")
    #expect(try here.take("x").fence > next)
    #expect(here.failure("y") == nil)
    await #expect(throws: LockError.self) {
      try await here.raiseFence(of: waiting, of: "x", above: seen)
    }
  }

  @Test func `locks.C2 holders and waiters are told from outside, in order`() async throws {
    let (token, fence) = try here.take("a/b", reason: "to see")
    let told = Told()
    let second = try there.wait("a/b", told)
    let record = try await there.record(of: "a/b")
    let holder = try #require(record.holders.first)
    #expect(record.holders.count == 1 && holder.token == token.text && holder.mode == .exclusive)
    #expect(
      holder.owner == here.session.owner && holder.fence == fence && holder.reason == "to see")
    #expect(holder.isAlive == true && holder.left == nil)
    #expect(record.waiters.map(\.token) == [second.text])
    #expect(try await here.records(below: "a").map(\.name) == ["a/b"])
    #expect(try await here.records(below: "b") == [])
    #expect(try await here.disagreements(about: "a/b") == [])
    #expect(here.blockers(of: second, for: "a/b") == [], "it is of another process")
    here.release(token, of: "a/b")
    _ = try told.grant()
    there.release(second, of: "a/b")
    #expect(try await here.record(of: "a/b").isIdle)
    #expect(try await here.record(of: "never").fence == nil)
    #expect(try directory.names == [".bell", "a%2Fb.lk"])
  }

  @Test func `permits and readers are told with all their holders`() async throws {
    let (first, _) = try here.take("p", .permits(2, of: 4))
    let (second, _) = try there.take("p", .permits(1, of: 4))
    let told = Told()
    let waiting = try there.wait("p", .permits(2, of: 4), told)
    let record = try await here.record(of: "p")
    #expect(Set(record.holders.map(\.token)) == [first.text, second.text])
    #expect(record.waiters.map(\.mode) == [.permits(2, of: 4)])
    #expect(try await there.disagreements(about: "p") == [])
    there.withdraw(waiting, of: "p")
    _ = try here.take("r", .shared)
    _ = try there.take("r", .shared)
    _ = try there.wait("r", Told())
    _ = try here.wait("r", .shared, Told())
    let readers = try await here.record(of: "r")
    #expect(readers.holders.map(\.mode) == [.shared, .shared])
    #expect(readers.waiters.map(\.mode) == [.exclusive, .shared])
  }

  @Test func `a lock is taken away, and who waits keeps its place`() async throws {
    let told = Told()
    let (token, fence) = try here.take("x", told)
    let (first, second) = (Told(), Told())
    let firstToken = try there.wait("x", first)
    let secondToken = try here.wait("x", second)
    await #expect(throws: LockError.self) {
      try await there.forceUnlock("x", expecting: "nobody", by: "me", reason: "")
    }
    let ended = try await there.forceUnlock(
      "x", expecting: token.text, by: "me", reason: "it hangs")
    #expect(ended.map(\.token) == [token.text])
    #expect(try told.loss() == .revoked(by: "me", reason: "it hangs"))
    #expect(try first.grant().fence > fence)
    #expect(second.count == 0)
    #expect(!here.release(token, of: "x"))
    there.release(firstToken, of: "x")
    _ = try second.grant()
    here.release(secondToken, of: "x")
  }

  @Test func `of several holders one can be taken away, and permits too`() async throws {
    let (kept, lost) = (Told(), Told())
    let (keptToken, _) = try here.take("x", .shared, told: kept)
    let (lostToken, _) = try there.take("x", .shared, told: lost)
    _ = try await here.forceUnlock("x", expecting: lostToken.text, by: "me", reason: "")
    #expect(try lost.loss() == .revoked(by: "me", reason: ""))
    #expect(kept.count == 0)
    #expect(here.release(keptToken, of: "x"))
    let (permits, _) = try there.take("p", .permits(4, of: 4), told: lost)
    let told = Told()
    let waiting = try here.wait("p", .permits(1, of: 4), told)
    _ = try await here.forceUnlock("p", expecting: nil, by: "me", reason: "")
    _ = try told.grant()
    #expect(try lost.loss() == .revoked(by: "me", reason: ""))
    #expect(!there.release(permits, of: "p"))
    here.release(waiting, of: "p")
  }

  @Test func `a holder is told that somebody would like to have it`() async throws {
    let told = Told()
    let (token, _) = try here.take("x", told)
    try await there.askToYield("x", token: token.text, by: "me", reason: "a turn")
    guard case .asked(let by, let reason) = try told.next() else {
      Issue.record("it was told something else")
      return
    }
    #expect(by == "me" && reason == "a turn")
    try await here.askToYield("x", token: token.text, by: "me again", reason: "")
    guard case .asked("me again", "") = try told.next() else {
      Issue.record("it was told something else")
      return
    }
    #expect(here.release(token, of: "x"))
    await #expect(throws: LockError.self) {
      try await there.askToYield("x", token: token.text, by: "me", reason: "")
    }
  }

  @Test func `where no thread is left, waiters are looked after now and then`() throws {
    let poor = try FileLockBackend.another(directory, mostHelpers: 1)
    let names: [LockName] = ["a", "b", "c"]
    let held = try names.map { try there.take($0).token }
    let told = try names.map { name in
      let told = Told()
      _ = try poor.wait(name, told)
      return told
    }
    for (name, token) in zip(names, held) { there.release(token, of: name) }
    for told in told { _ = try told.grant() }
  }

  @Test func `a full line refuses, and says how many wait`() throws {
    let small = try FileLockBackend.another(directory, waitingLimit: 2)
    _ = try there.take("x")
    for _ in 0..<2 { _ = try small.wait("x", Told()) }
    guard case .queueFull(waiting: 2)? = small.failure("x") else {
      Issue.record("it was not refused")
      return
    }
  }

  @Test func `locks.P6 a process with a hundred waiters and one with one have turns by arrival`()
    throws
  {
    let (token, _) = try here.take("x")
    let many = try (0..<50).map { _ in
      let told = Told()
      return (try here.wait("x", told), told)
    }
    let one = Told()
    let oneToken = try there.wait("x", one)
    let later = try (0..<50).map { _ in
      let told = Told()
      return (try here.wait("x", told), told)
    }
    here.release(token, of: "x")
    for (token, told) in many {
      _ = try told.grant()
      #expect(one.count == 0)
      here.release(token, of: "x")
    }
    _ = try one.grant()
    #expect(later.allSatisfy { $0.1.count == 0 })
    there.release(oneToken, of: "x")
    for (token, told) in later {
      _ = try told.grant()
      here.release(token, of: "x")
    }
  }

  @Test func `locks.P1 ten thousand waiters of one process are served in order`() throws {
    let (token, _) = try here.take("x")
    let told = Told()
    let tokens = try (0..<10_000).map { _ in try here.wait("x", told) }
    here.release(token, of: "x")
    var last = Fence(0)
    for token in tokens {
      let fence = try told.grant().fence
      #expect(fence > last)
      last = fence
      here.release(token, of: "x")
    }
    #expect(try !there.isRefused("x"))
  }

  @Test func `locks.C1 lines that nobody uses are given up`() throws {
    for number in 0..<500 {
      let name = try LockName("n\(number)")
      here.release(try here.take(name).token, of: name)
    }
    #expect(here.place.lineCount <= 65)
    let kept = try (0..<200).map { number in
      let name = try LockName("k\(number)")
      return (name, try here.take(name).token)
    }
    for (name, token) in kept { #expect(here.release(token, of: name)) }
  }

  @Test func `an alarm rings at its time, and not when it is unset`() throws {
    let rings = Told()
    let alarm = here.makeAlarm { rings(.lost(.expired)) }
    let silent = here.makeAlarm { Issue.record("it rang") }
    silent.set(here.clock.now.advanced(by: .milliseconds(1)))
    silent.set(nil)
    for _ in 0..<10_000 { silent.set(here.clock.now.advanced(by: .seconds(1000))) }
    let start = here.clock.now
    alarm.set(start.advanced(by: .seconds(1000)))
    alarm.set(start.advanced(by: .milliseconds(5)))
    _ = try rings.next()
    #expect(start.duration(to: here.clock.now) >= .milliseconds(5))
    silent.set(nil)
  }

  @Test func `what is closed gives everything up and takes nothing`() async throws {
    let (_, _) = try here.take("x")
    let told = Told()
    _ = try here.wait("x", told)
    await here.close()
    guard case .refused(.withdrawn) = try told.next() else {
      Issue.record("it was not refused")
      return
    }
    #expect(try !there.isRefused("x"))
    guard case .unavailable? = here.failure("x") else {
      Issue.record("it still takes requests")
      return
    }
  }
}
