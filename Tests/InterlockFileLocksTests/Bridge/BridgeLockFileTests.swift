import Foundation
import Glibc
import Interlock
import InterlockLocks
import TestSupport
import Testing

@testable import InterlockFileLocks

@Suite(.tags(.integration), .timeLimit(.minutes(10))) struct BridgeLockFileTests {
  /// A clock on which waiting takes no time, and something happens each time.
  final class LeapingClock: MonotonicClock {
    private let state = Guarded((now: Instant.origin, sleeps: 0))
    private let onSleep: @Sendable (Int) throws -> Void

    init(_ onSleep: @escaping @Sendable (Int) throws -> Void = { _ in }) { self.onSleep = onSleep }

    var now: Instant { state.withLock { $0.now } }
    var sleeps: Int { state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant) async throws {
      try Task.checkCancellation()
      let count = state.withLock { state in
        state.now = max(state.now, deadline)
        state.sleeps += 1
        return state.sleeps
      }
      try onSleep(count)
    }
  }

  final class Heard: Sendable {
    private let notices = Guarded<[BridgeLockFile.Notice]>([])
    var all: [BridgeLockFile.Notice] { notices.withLock { $0 } }
    func note(_ notice: BridgeLockFile.Notice) { notices.withLock { $0.append(notice) } }
  }

  let scratch: TemporaryDirectory
  let heard = Heard()
  let bench = Bench()

  init() throws {
    scratch = try TemporaryDirectory()
    bench.state.withLock {
      $0.time = StatusTime(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000 + 5)
    }
  }

  private func bridge(
    _ form: BridgeForm = .inverter, _ clock: any MonotonicClock = LeapingClock()
  ) -> BridgeLockFile {
    BridgeLockFile(
      form, in: scratch.path, clock: clock, now: { [bench] in bench.now }, staleAfter: nil,
      notice: heard.note)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: scratch.path + "/" + name, encoding: .utf8)
  }

  private func write(_ text: String, to name: String, age: Duration = .zero) throws {
    let path = scratch.path + "/" + name
    try Data(text.utf8).write(to: URL(filePath: path))
    let time = Double(bench.now.microseconds) / 1e6 - Double(age.components.seconds)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: time)], ofItemAtPath: path)
  }

  @Test func `locks.K4 the file is there while it is held, with what belongs in it`() async throws {
    let lock = bridge()
    try await lock.acquire(until: nil)
    #expect(try text(".lockfile") == "")
    await #expect(throws: LockError.self) { try await lock.acquire(until: nil) }
    #expect(try await lock.release())
    #expect(try scratch.names == [])
    await #expect(throws: LockError.self) { try await lock.release() }

    bench.state.withLock { $0.time = StatusTime(microseconds: 1_772_380_800_000_042) }
    let cache = bridge(.registerCache(inverter: 3))
    try await cache.acquire(until: nil)
    #expect(try text(".regcache_lockfile_3") == "2026-03-01T16:00:00.000042+00:00")
    #expect(try await cache.release())
    #expect(try scratch.names == [])
  }

  @Test func `locks.K4 a file that is there is waited for, every 50 ms`() async throws {
    try write("", to: ".lockfile")
    let path = scratch.path + "/.lockfile"
    let clock = LeapingClock { if $0 == 7 { try FileManager.default.removeItem(atPath: path) } }
    let lock = bridge(.inverter, clock)
    try await lock.acquire(until: nil)
    #expect(clock.sleeps == 7)
    #expect(clock.now == .origin.advanced(by: .milliseconds(350)))
    try await lock.release()
    #expect(heard.all == [])
  }

  @Test func `locks.K4 at the deadline it is told who was in the way, and how old it is`()
    async throws
  {
    try write("", to: ".lockfile", age: .seconds(100))
    let clock = LeapingClock()
    let lock = bridge(.inverter, clock)
    let error = await #expect(throws: LockError.self) {
      try await lock.acquire(until: .origin.advanced(by: .milliseconds(120)))
    }
    let said = "\(try #require(error))"
    #expect(
      said.contains("within 0.1s: it is held by the lock file \(scratch.path)/.lockfile for 100."),
      "\(said)")
    #expect(clock.now == .origin.advanced(by: .milliseconds(120)))
    #expect(try scratch.names == [".lockfile"], "the file of the other stays")
    try FileManager.default.removeItem(atPath: scratch.path + "/.lockfile")
    try await lock.acquire(until: .origin)
    try await lock.release()
  }

  @Test func `a waiter that is cancelled leaves nothing`() async throws {
    try write("", to: ".lockfile")
    let lock = bridge(.inverter, SystemClock())
    let task = Task { try await lock.acquire(until: nil) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try scratch.names == [".lockfile"])
  }

  @Test func `locks.K4 a file that was left behind is removed once, with a warning`() async throws {
    try write("", to: ".lockfile", age: .seconds(119))
    let young = bridge()
    await #expect(throws: LockError.self) { try await young.acquire(until: .origin) }
    try write("", to: ".lockfile", age: .seconds(120))
    try await young.acquire(until: .origin)
    guard case .removedStale(_, let age) = heard.all.first else {
      Issue.record("no warning")
      return
    }
    #expect((120..<122).contains(age.components.seconds))
    try await young.release()

    // Whoever makes it again and again, always old, is not removed again and again.
    try write("", to: ".lockfile", age: .seconds(500))
    let path = scratch.path + "/.lockfile"
    let bench = bench
    let again = BridgeLockFile(
      .inverter, in: scratch.path, clock: LeapingClock(), now: { bench.now }, staleAfter: nil
    ) { [heard] notice in
      heard.note(notice)
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      utimes(
        path,
        [timeval(tv_sec: 1_700_000_000, tv_usec: 0), timeval(tv_sec: 1_700_000_000, tv_usec: 0)])
    }
    await #expect(throws: LockError.self) {
      try await again.acquire(until: .origin.advanced(by: .seconds(1)))
    }
    #expect(heard.all.count == 2)
  }

  @Test func `a file that a process has open is not left behind`() async throws {
    try write("", to: ".lockfile", age: .seconds(500))
    let descriptor = open(scratch.path + "/.lockfile", O_RDONLY)
    let lock = bridge()
    await #expect(throws: LockError.self) { try await lock.acquire(until: .origin) }
    close(descriptor)
    try await lock.acquire(until: .origin)
    try await lock.release()
  }

  @Test func `a file that is held is not left behind, however old, and is its holder's`()
    async throws
  {
    let (holder, other) = (bridge(), bridge())
    try await holder.acquire(until: nil)
    bench.state.withLock { $0.time = $0.time.advanced(by: .seconds(500)) }
    await #expect(throws: LockError.self) { try await other.acquire(until: .origin) }
    #expect(try await holder.holder() == nil, "its own is in nobody's way")
    let seen = try #require(try await other.holder())
    #expect(seen.token == "the lock file \(scratch.path)/.lockfile")
    #expect(try (498..<503).contains(#require(seen.age).components.seconds))
    #expect(try await holder.release())
    #expect(try await other.holder() == nil)
    try await other.acquire(until: .origin)
    try await other.release()
    #expect(heard.all == [])
  }

  @Test(arguments: [
    ("%now", 0, false), ("%old", 0, true), ("%now", 60, false), ("%future", 60, true),
    ("garbage", 9, false), ("garbage", 11, true), ("", 11, true), ("", 0, false),
  ])
  func `locks.K4 the time in a cache's lock counts where it makes sense`(
    text: String, age: Int, isStale: Bool
  ) async throws {
    let offset = ["%old": -11, "%future": 3600][text] ?? 0
    let time = BridgeTime.text(bench.now.advanced(by: .seconds(offset)))
    try write(
      text.hasPrefix("%") ? time : text, to: ".regcache_lockfile_1", age: .seconds(age))
    let lock = bridge(.registerCache(inverter: 1))
    do {
      try await lock.acquire(until: .origin)
      #expect(isStale)
      try await lock.release()
    } catch is LockError {
      #expect(!isStale)
    }
  }

  @Test func `locks.K4 what somebody else put in its place is not removed`() async throws {
    for form in [BridgeForm.inverter, .registerCache(inverter: 1)] {
      let lock = bridge(form)
      try await lock.acquire(until: nil)
      try FileManager.default.removeItem(atPath: lock.path)
      try write("theirs", to: form.file)
      #expect(try await !lock.release())
      #expect(try text(form.file) == "theirs")
      try FileManager.default.removeItem(atPath: lock.path)
      try await lock.acquire(until: nil)
      try FileManager.default.removeItem(atPath: lock.path)
      #expect(try await !lock.release())
    }
    #expect(heard.all.count == 4)
  }

  @Test func `a link in its place is refused and never followed`() async throws {
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/.lockfile", withDestinationPath: scratch.path + "/target")
    let error = await #expect(throws: LockError.self) { try await bridge().acquire(until: nil) }
    guard case .wrongType = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try scratch.names == [".lockfile"])
  }

  @Test func `locks.K4 a legacy program is kept out, and waited for`() async throws {
    func legacy(_ command: String, _ input: Pipe) throws -> (Process, FileHandle) {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = ["-u", LegacyProgram.script, scratch.path, command]
      let output = Pipe()
      process.standardOutput = output
      process.standardInput = input
      try process.run()
      return (process, output.fileHandleForReading)
    }
    let lock = bridge(.inverter, SystemClock())
    try await lock.acquire(until: nil)
    let (first, output) = try legacy("getdata", Pipe())
    #expect(String(decoding: output.readDataToEndOfFile(), as: UTF8.self).contains("aborting"))
    first.waitUntilExit()
    #expect(try await lock.release())

    let input = Pipe()
    let (second, lines) = try legacy("hold", input)
    var said = Data()
    while !said.contains(0x0A) { said += lines.availableData }
    #expect(String(decoding: said, as: UTF8.self) == "inside\n")
    await #expect(throws: LockError.self) { try await lock.acquire(until: SystemClock().now) }
    input.fileHandleForWriting.write(Data("\n".utf8))
    try await lock.acquire(until: nil)
    // It printed after it had removed the file, or the file would not be ours.
    #expect(String(decoding: lines.readDataToEndOfFile(), as: UTF8.self) == "outside\n")
    second.waitUntilExit()
    #expect(second.terminationStatus == 0)
    #expect(try await lock.release())
  }

  @Test func `times are read as Python writes them, and nothing else is`() {
    let time = StatusTime(microseconds: 1_772_380_800_123_456)
    for text in [
      "2026-03-01T16:00:00.123456+00:00", "2026-03-01 16:00:00.123456",
      "2026-03-01T16:00:00.123456Z\n",
    ] { #expect(BridgeTime.parse(text) == time, "\(text)") }
    #expect(
      BridgeTime.parse("2026-03-01T16:00:00") == StatusTime(microseconds: 1_772_380_800_000_000))
    for text in [
      "", "now", "2026-03-01", "2026-13-01T16:00:00", "2026-03-01T24:00:00",
      "2026-03-01T16:00:00.12",
      "2026-03-01T16:00:00.123456+01:00", "2026-03-01T16:00:00.123456+00:00x",
    ] { #expect(BridgeTime.parse(text) == nil, "\(text)") }
    for days in stride(from: Int64(0), through: 60_000, by: 13) {
      let stamp = StatusTime(microseconds: days * 86_400_000_000 + 86_399_999_999)
      #expect(BridgeTime.parse(BridgeTime.text(stamp)) == stamp)
    }
  }
}
