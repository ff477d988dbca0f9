import Foundation
import Glibc
import Interlock
import InterlockLocks
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

@testable import InterlockFileLocks

/// A process that ends in the middle of a change leaves what it was, what it was to be, or a flag that ends by itself.
@Suite(.tags(.integration), .timeLimit(.minutes(10))) struct CutShortTests {
  enum Change: String, CaseIterable, Codable, Sendable { case begin, set, extend, end, clear }

  struct Case: Codable, Sendable, CustomTestStringConvertible {
    let name: String
    let change: Change
    let step: String
    var testDescription: String { "\(change) of \(name), cut short before \(step)" }
  }

  /// Every step that a change has.
  static let cases: [Case] = ["backup", "FCRunning1"].flatMap { name in
    let removals = ["sidecarRemoval"] + (name == "backup" ? [] : ["flagRemoval"])
    let writings = (name == "backup" ? [] : ["flagWriting"]) + ["sidecarWriting"]
    return Change.allCases.flatMap { change in
      let steps =
        switch change {
        case .begin: removals + writings
        case .set, .extend: writings
        case .end, .clear: removals
        }
      return steps.map { Case(name: name, change: change, step: $0) }
    }
  }

  static func change(_ case: Case, in folder: String) async throws {
    let backend = FileStatusBackend(
      directory: folder, clock: SystemClock(), host: .real
    ) { step in if "\(step)" == `case`.step { _exit(9) } }
    let board = StatusBoard(
      backend, session: LockSession(owner: StatusHost.owner, secret: 1))
    let name = try StatusName(`case`.name)
    let current = try await board.get(name)
    switch `case`.change {
    case .begin: try await board.begin(name, ttl: .seconds(600), fence: Fence(2))
    case .set: try await board.set(name, ttl: .seconds(600), fence: Fence(2))
    case .extend: try await board.extend(try #require(current), ttl: .seconds(7200))
    case .end: try await board.end(try #require(current))
    case .clear: try await board.clear(name)
    }
  }

  @Test(arguments: cases)
  func `locks.F15 a change that is cut short leaves one of two, or a flag that ends by itself`(
    case: Case
  ) async throws {
    let scratch = try TemporaryDirectory()
    let one = Board(scratch.path, .real)
    let name = try StatusName(`case`.name)
    let isFlag = `case`.name != "backup"
    var before: StatusEntry?
    if `case`.change != .begin {
      before = try await one.board.begin(name, ttl: .seconds(1800), fence: Fence(1))
    }
    let folder = scratch.path
    await #expect(processExitsWith: .exitCode(9)) {
      [`case` = `case` as Case, folder = folder as String] in
      try await CutShortTests.change(`case`, in: folder)
    }
    let after = try await Board(scratch.path, .real).board.get(name)
    let isHalf =
      isFlag
      && [
        [Change.begin: "sidecarWriting", .set: "sidecarWriting", .extend: "sidecarWriting"],
        [.end: "flagRemoval", .clear: "flagRemoval"],
      ].contains { $0[`case`.change] == `case`.step }
    if isHalf {
      let flag = try #require(after)
      #expect(flag.owner == nil && flag.until != nil)
    } else if before != nil {
      // The process of `before` is this one, and is there.
      #expect(after?.id == before?.id && after?.until == before?.until)
    } else {
      #expect(after == nil)
    }
    #expect(try await one.board.list().map(\.id) == (after.map { [$0.id] } ?? []))
    let next = Board(scratch.path, .real)
    let (_, replaced) = try await next.board.set(name, fence: Fence(3))
    #expect(replaced?.id == after?.id)
    #expect(try next.files.count == (isFlag ? 2 : 1), "something else is left")
    try await next.board.clear(name)
    #expect(try next.files == [])
  }

  final class Steps: Sendable {
    let isLocked = Guarded<[Bool]>([])
  }

  @Test(arguments: ["backup", "FCRunning1"])
  func `locks.S1 every step of every change is done under the board's lock`(name: String)
    async throws
  {
    let scratch = try TemporaryDirectory()
    let lock = scratch.path + "/.il-board.lock"
    let steps = Steps()
    let backend = FileStatusBackend(
      directory: scratch.path, clock: SystemClock(), host: .real
    ) { _ in
      var isLocked = false
      do throws(SystemError) { _ = try FileLock(lock) } catch { isLocked = error.isTaken }
      steps.isLocked.withLock { $0.append(isLocked) }
    }
    let board = StatusBoard(backend, session: LockSession(owner: StatusHost.owner, secret: 1))
    let name = try StatusName(name)
    let begun = try await board.begin(name, fence: Fence(1))
    try await board.extend(begun, ttl: .seconds(7200))
    let (set, _) = try await board.set(name, fence: Fence(2))
    try await board.end(set)
    try await board.clear(name)
    let seen = steps.isLocked.withLock { $0 }
    #expect(seen.count >= 6 && seen.allSatisfy { $0 }, "\(seen)")
  }

  @Test(arguments: ["backup", "FCRunning1"])
  func `a disk that takes no more leaves what was`(name: String) async throws {
    // In a process of its own, because the limit and the signal belong to the whole process.
    await #expect(processExitsWith: .success) { [name = name as String] in
      let scratch = try TemporaryDirectory()
      let one = Board(scratch.path, .real)
      let name = try StatusName(name)
      let before = try await one.board.begin(name, payload: ["job": "j"], fence: Fence(1))
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 40, rlim_max: 40)
      setrlimit(__rlimit_resource_t(1), &limit)
      for _ in 0..<2 {
        let error = await #expect(throws: StatusError.self) {
          try await one.board.set(name, fence: Fence(2))
        }
        guard case .unavailable = error?.reason else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
      #expect(try await one.board.get(name) == before)
      #expect(try one.files.count == (name.text == "backup" ? 1 : 2))
      #expect(try await one.board.end(before), "what frees room is possible")
    }
  }

  @Test func `a folder that may be read and not changed tells, and refuses`() async throws {
    await #expect(processExitsWith: .success) {
      let scratch = try TemporaryDirectory()
      let one = Board(scratch.path, .real)
      let begun = try await one.board.begin("backup")
      try one.write("j\n", to: ".FERunning", at: StatusHost.real.time())
      chmod(scratch.path + "/.il-board.lock", 0o600)
      chmod(scratch.path, 0o555)
      // Whoever is everybody's superior is one of the others from here on.
      if getuid() == 0 { try #require(setuid(65_534) == 0) }
      let reader = Board(scratch.path, .real)
      #expect(try await reader.board.get("backup")?.id == begun.id)
      #expect(try await reader.board.get("FERunning")?.job == "j")
      #expect(try await reader.board.list().count == 2)
      for change in [
        { try await reader.board.begin("more") as Any },
        { try await reader.board.end(begun) as Any },
        { try await reader.board.clear("backup") as Any },
      ] {
        let error = await #expect(throws: StatusError.self) { _ = try await change() }
        guard case .notPermitted = error?.reason else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
    }
  }
}
