import Foundation
import Interlock
import InterlockLocks
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockFileLocks

/// Real processes, killed and stopped.
@Suite(.tags(.integration), .ownThread, .serialized, .timeLimit(.minutes(10)))
struct ProcessTests {
  private let directory: TemporaryDirectory
  private let here: FileLockBackend

  init() throws {
    directory = try TemporaryDirectory()
    here = try .another(directory)
  }

  private func worker() throws -> Worker { try Worker("serve", directory.path) }

  @Test func `locks.C2 another process's lock is seen, and its release`() async throws {
    let worker = try worker()
    #expect(try worker.request("1", "x") == "granted")
    #expect(try here.isRefused("x"))
    let holder = try #require(try await here.record(of: "x").holders.first)
    #expect(holder.owner?.process == worker.number && holder.isAlive == true)
    #expect(holder.owner?.command == String("InterlockFileLocksWorker".prefix(15)))
    try worker.say("release 1")
    #expect(try worker.next() == "released 1 true")
    #expect(try !here.isRefused("x"))
  }

  @Test(arguments: [LockMode.exclusive, .permits(4, of: 4)])
  func `locks.F1 when the holder is killed the next one has it`(_ mode: LockMode) throws {
    let worker = try worker()
    #expect(try worker.request("1", "x", mode) == "granted")
    let told = Told()
    _ = try here.wait("x", mode, told)
    let before = here.clock.now
    worker.kill(SIGKILL)
    _ = try told.grant()
    print("F1 \(mode): after \(before.duration(to: here.clock.now))")
  }

  @Test func `locks.F4 a waiter that is stopped at its turn holds the others up until it goes on`()
    throws
  {
    let (worker, other) = (try worker(), try worker())
    let (token, _) = try here.take("x")
    #expect(try worker.request("1", "x") == "waits")
    #expect(try other.request("1", "x") == "waits")
    let last = Told()
    _ = try here.wait("x", last)
    worker.kill(SIGSTOP)
    here.release(token, of: "x")
    // It keeps its place. Nobody can wait for nothing to happen; the order is what tells.
    worker.kill(SIGCONT)
    #expect(try worker.next().hasPrefix("granted 1 "))
    try worker.say("release 1")
    #expect(try worker.next() == "released 1 true")
    #expect(try other.next().hasPrefix("granted 1 "))
    #expect(last.count == 0)
    other.kill(SIGKILL)
    _ = try last.grant()
  }

  @Test func `locks.F4 a waiter that is stopped at its turn can be ousted, and then stands behind`()
    async throws
  {
    let worker = try worker()
    let (token, _) = try here.take("x")
    #expect(try worker.request("1", "x") == "waits")
    let told = Told()
    let waiting = try here.wait("x", told)
    worker.kill(SIGSTOP)
    here.release(token, of: "x")
    let ended = try await here.forceUnlock("x", expecting: nil, by: "test", reason: "it is stopped")
    #expect(ended.map(\.owner?.process) == [worker.number])
    _ = try told.grant()
    worker.kill(SIGCONT)
    here.release(waiting, of: "x")
    #expect(try worker.next().hasPrefix("granted 1 "))
  }

  @Test
  func `locks.F3 a holder that is stopped, ousted and goes on is told, under a smaller fence`()
    async throws
  {
    let worker = try worker()
    #expect(try worker.request("1", "x") == "granted")
    let first = try #require(try await here.record(of: "x").holders.first)
    let told = Told()
    let waiting = try here.wait("x", told)
    worker.kill(SIGSTOP)
    let ended = try await here.forceUnlock(
      "x", expecting: first.token, by: "test", reason: "it hangs")
    #expect(ended.map(\.token) == [first.token])
    let fence = try told.grant().fence
    #expect(fence > (try #require(first.fence)))
    worker.kill(SIGCONT)
    #expect(try worker.next() == "lost 1 test took it away: it hangs")
    try worker.say("release 1")
    #expect(try worker.next() == "released 1 false")
    // Nothing of the ousted one is in anybody's way, nor is what was written about it.
    #expect(here.release(waiting, of: "x"))
    #expect(try worker.request("2", "x") == "granted")
    #expect(try here.isRefused("x"))
  }

  @Test func `a holder in another process is told that somebody would like to have it`()
    async throws
  {
    let worker = try worker()
    #expect(try worker.request("1", "x") == "granted")
    let holder = try #require(try await here.record(of: "x").holders.first)
    try await here.askToYield("x", token: holder.token, by: "test", reason: "please")
    #expect(try worker.next() == "asked 1 test please")
  }

  @Test func `locks.F2 waiters that are killed leave no gap`() throws {
    let (token, _) = try here.take("x")
    var workers = try (0..<12).map { _ in try worker() }
    for (number, worker) in workers.enumerated() {
      #expect(try worker.request("\(number)", "x") == "waits")
    }
    let last = Told()
    _ = try here.wait("x", last)
    var random = SeededGenerator(seed: 11)
    workers.shuffle(using: &random)
    for worker in workers.dropLast() { worker.kill(SIGKILL) }
    here.release(token, of: "x")
    let survivor = try #require(workers.last)
    #expect(try survivor.next().hasPrefix("granted"))
    #expect(last.count == 0)
    survivor.kill(SIGKILL)
    _ = try last.grant()
  }

  @Test func `locks.N1 odd names are other locks, in other processes too`() throws {
    let names = [
      "a", "A", "a/b", "../up", "..", ".", ".hidden", "*", "{x}", "new\nline", "50%", "it's \"so\"",
      "\u{202E}left", "🔒", "é", " ", String(repeating: "n", count: 512),
      String(repeating: "n", count: 511) + "m",
    ]
    let worker = try worker()
    for (number, text) in names.enumerated() {
      let name = try LockName(text)
      #expect(try !here.isRefused(name), "\(name)")
      #expect(try worker.request("\(number)", name) == "granted", "\(name)")
      #expect(try here.isRefused(name), "\(name)")
    }
    #expect(try here.isRefused("e\u{301}"), "composed and decomposed are one")
    #expect(Set(try directory.names).count == names.count + 1)
    worker.kill(SIGKILL)
    worker.waitForEnd()
    for text in names { #expect(try !here.isRefused(try LockName(text))) }
  }

  @Test func `locks.N2 no name reaches outside its folder`() async throws {
    let outside = try TemporaryDirectory()
    let canary = outside("canary.lk")
    try Data("untouched".utf8).write(to: URL(fileURLWithPath: canary))
    let before = FileStatus(of: canary)
    let folder = (outside.path as NSString).lastPathComponent
    for text in ["../\(folder)/canary", "\(outside.path)/canary", "x/../../\(folder)/canary"] {
      let name = try LockName(text)
      here.release(try here.take(name).token, of: name)
      #expect(try await here.record(of: name).isIdle)
    }
    #expect(FileStatus(of: canary) == before)
    #expect(try outside.names == ["canary.lk"])
    let long = try LockName(String(repeating: "long/", count: 100) + "end")
    let (token, _) = try here.take(long)
    #expect(try await here.records(below: "long").map(\.name) == [long])
    here.release(token, of: long)
  }
}
