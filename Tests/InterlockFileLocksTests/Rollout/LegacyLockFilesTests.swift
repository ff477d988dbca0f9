import Foundation
import Interlock
import InterlockLocks
import TestSupport
import Testing

@testable import InterlockFileLocks

/// A client beside whose locks files are held.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct LegacyLockFilesTests {
  final class Heard: Sendable {
    private let state = Guarded<[BridgeLockFile.Notice]>([])
    var all: [BridgeLockFile.Notice] { state.withLock { $0 } }
    func note(_ notice: BridgeLockFile.Notice) { state.withLock { $0.append(notice) } }
  }

  final class Log: Sendable {
    private let state = Guarded<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func note(_ entry: LockLogEntry) { state.withLock { $0.append(entry.message) } }
  }

  /// How many are inside, and how many there have been at most.
  final class Room: Sendable {
    private let state = Guarded((now: 0, most: 0))
    var most: Int { state.withLock { $0.most } }
    func leave() { state.withLock { $0.now -= 1 } }
    func enter() {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
    }
  }

  let scratch: TemporaryDirectory
  let heard = Heard()
  let clock = BridgeLockFileTests.LeapingClock()
  private var file: String { scratch(".lockfile") }

  init() throws { scratch = try TemporaryDirectory() }

  /// A client on which waiting for a file takes no time.
  private func client(
    _ mode: RolloutMode = .legacy, _ clock: (any MonotonicClock)? = nil,
    log: (@Sendable (LockLogEntry) -> Void)? = nil
  ) async throws -> LockClient {
    let backend = InProcessBackend(clock: clock ?? self.clock)
    let files = LegacyLockFiles(in: scratch.path, notice: heard.note)
    if mode == .legacy { return LockClient(backend, companion: files, log: log) }
    return try await mode.client(beside: files, log: log) { backend }
  }

  private func theirs() { _ = FileManager.default.createFile(atPath: file, contents: nil) }
  private var isThere: Bool { FileManager.default.fileExists(atPath: file) }

  @Test func `the file is there in a body, in those further in too, and gone after it`()
    async throws
  {
    let locks = try await client()
    try await locks.withLock("inverter_read") { _ in
      #expect(isThere)
      try await locks.withLock("inverter_read") { _ in #expect(isThere) }
      #expect(isThere, "only the outermost gives it back")
      #expect(try await locks.record(of: "inverter_read").holders.count == 1)
      try await locks.withLock("inverter_write") { _ in #expect(isThere) }
    }
    #expect(!isThere)
    try await locks.withLock("inverter_write") { _ in #expect(!isThere, "it has no file") }
    try await locks.withLock("inverter_read:3") { _ in #expect(isThere) }
    await #expect(throws: CancellationError.self) {
      try await locks.withLock("inverter_read") { _ in throw CancellationError() }
    }
    #expect(!isThere)
    let held = try await locks.acquire("inverter_read")
    #expect(isThere)
    try await held.release()
    #expect(!isThere)
    #expect(heard.all == [])
  }

  @Test func `another program's file counts as the lock's holder, and its time as waiting`()
    async throws
  {
    theirs()
    let log = Log()
    let locks = try await client(log: log.note)
    let error = await #expect(throws: LockError.self) {
      try await locks.withLock("inverter_read", timeout: .seconds(2)) { _ in
        Issue.record("it was inside")
      }
    }
    let text = "\(try #require(error))"
    #expect(
      text.hasPrefix("Could not acquire lock for 'inverter_read' within 2.0s: it is held by the "),
      "\(text)")
    #expect(text.contains(file))
    #expect(try await locks.tryLock("inverter_read") == nil)
    #expect(try await locks.isLocked("inverter_read"))
    #expect(try await locks.record(of: "inverter_read").holders.map(\.owner) == [nil])
    let figures = try #require(locks.statistics["inverter_read"])
    #expect(figures.timedOut == 2 && figures.acquired == 0 && figures.held == 0)
    #expect(isThere, "theirs stays")
    #expect(log.lines.count == 2)
    #expect(log.lines.allSatisfy { $0.hasPrefix("Timeout acquiring lock for ") })

    try FileManager.default.removeItem(atPath: file)
    try await locks.withLock("inverter_read", timeout: .zero) { _ in }
    #expect(locks.statistics["inverter_read"]?.acquired == 1)
    #expect(locks.statistics["inverter_read"]?.waited == 0)
    #expect(try await !locks.isLocked("inverter_read"))
  }

  @Test func `who waits for the file has waited for the lock`() async throws {
    theirs()
    let path = file
    let clock = BridgeLockFileTests.LeapingClock {
      if $0 == 4 { try FileManager.default.removeItem(atPath: path) }
    }
    let locks = try await client(.legacy, clock)
    try await locks.withLock("inverter_read", timeout: .seconds(5)) { _ in }
    let figures = try #require(locks.statistics["inverter_read"])
    #expect(figures.acquired == 1 && figures.waited == 1 && figures.held == 0)
    #expect(clock.now == .origin.advanced(by: .milliseconds(200)))
  }

  @Test func `who is cancelled while it waits for the file leaves the lock free`() async throws {
    theirs()
    let locks = try await client(.legacy, SystemClock())
    let task = Task { try await locks.withLock("inverter_read") { _ in } }
    while try await locks.backend.record(of: "inverter_read").holders.isEmpty { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try await locks.backend.record(of: "inverter_read").isIdle)
    #expect(locks.statistics["inverter_read"]?.cancelled == 1)
    #expect(isThere)
  }

  @Test func `a folder that is not there fails, and the lock is free`() async throws {
    let backend = InProcessBackend()
    let locks = LockClient(
      backend, companion: LegacyLockFiles(in: scratch("none"), notice: heard.note))
    let error = await #expect(throws: LockError.self) {
      try await locks.withLock("inverter_read") { _ in }
    }
    #expect("\(try #require(error))".contains("none"))
    #expect(try await backend.record(of: "inverter_read").isIdle)
    #expect(locks.statistics["inverter_read"]?.failed == 1)
  }

  @Test func `one that is dropped gives the file back too`() async throws {
    let locks = try await client()
    do {
      _ = try await locks.acquire("inverter_read")
    }
    while try await !locks.backend.record(of: "inverter_read").isIdle { await Task.yield() }
    #expect(!isThere, "it went before the lock did")
    #expect(locks.statistics["inverter_read"]?.leaked == 1)
  }

  @Test func `sharers have the file one at a time`() async throws {
    let locks = try await client(.legacy, SystemClock())
    let room = Room()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          try await locks.withLock("inverter_read", .shared) { _ in
            room.enter()
            await Task.yield()
            room.leave()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(room.most == 1)
    #expect(!isThere)
  }

  @Test func `only legacy opens no backend, and only native takes no file`() async throws {
    let files = LegacyLockFiles(in: scratch.path, notice: heard.note)
    for mode in RolloutMode.allCases {
      var opened = 0
      let locks = try await mode.client(beside: files) {
        opened += 1
        return InProcessBackend()
      }
      #expect((opened == 0) == (mode == .legacy))
      try await locks.withLock("inverter_read") { _ in #expect(isThere == (mode != .native)) }
    }
  }
}
