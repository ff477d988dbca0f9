import Foundation
import Interlock
import InterlockLocks
import InterlockWire
import TestSupport
import Testing

@testable import InterlockFileLocks

/// A board beside a program that does as the legacy programs do, in the same folder.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct LegacyProgramTests {
  let bench = Bench()
  let scratch: TemporaryDirectory
  let one: Board

  init() throws {
    scratch = try TemporaryDirectory()
    bench.state.withLock {
      $0.time = StatusTime(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000)
    }
    one = Board(scratch.path, bench.host)
  }

  /// Runs the legacy program, and gives what it prints.
  @discardableResult
  private func legacy(_ words: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [LegacyProgram.script, scratch.path] + words
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(words)")
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  /// `HH:MM` so many minutes from now, on the bench's clock.
  private func clock(in minutes: Int) -> String {
    let shown = bench.now.microseconds / 60_000_000 + 60 + Int64(minutes)
    return String(format: "%02d:%02d", shown / 60 % 24, shown % 60)
  }

  @Test(arguments: LegacyFlag.all)
  func `locks.K4 flags of both lines are read and written`(flag: LegacyFlag) async throws {
    let key = StatusKey(flag)
    #expect(try legacy("isset", flag.name) == "Normal")
    try await one.board.begin(
      key.name, scope: key.scope, ttl: .seconds(1800), payload: ["job": "7c1e"], fence: Fence(1))
    #expect(try legacy("isset", flag.name) == "Running")
    #expect(try legacy("job", flag.name).hasPrefix("7c1e "))
    try legacy("end", flag.name)
    #expect(try await !one.board.isSet(key.name, scope: key.scope), "its entry alone sets nothing")
    #expect(try one.files == [])
    try legacy("begin", flag.name, "9a0b", clock(in: 20))
    let read = try #require(try await one.board.get(key.name, scope: key.scope))
    #expect(read.job == "9a0b" && read.owner == nil)
    let left = try bench.now.duration(to: #require(read.until))
    #expect((1100...1260).contains(left.components.seconds), "\(left)")
    await #expect(throws: StatusError.self) {
      try await one.board.begin(key.name, scope: key.scope, fence: Fence(2))
    }
    let (_, replaced) = try await one.board.set(
      key.name, scope: key.scope, payload: ["job": "new"], fence: Fence(2))
    #expect(replaced?.job == "9a0b", "what it was to restore is inherited")
    #expect(try legacy("job", flag.name).hasPrefix("new "))
    try await one.board.clear(key.name, scope: key.scope)
    #expect(try legacy("isset", flag.name) == "Normal")
  }

  @Test func `locks.S2 a flag that is set over ours is that program's`() async throws {
    let ours = try await one.board.begin("FCRunning1", payload: ["job": "ours"], fence: Fence(1))
    try legacy("begin", "FCRunning1", "theirs", clock(in: 10))
    let read = try #require(try await one.board.get("FCRunning1"))
    #expect(read.job == "theirs" && read.owner == nil && read.id != ours.id)
    #expect(try await !one.board.end(ours), "ours has ended")
    #expect(try legacy("isset", "FCRunning1") == "Running")
    #expect(try await one.board.end(read), "one that was read can be ended by what was read")
    #expect(try legacy("isset", "FCRunning1") == "Normal")
  }

  @Test func `locks.S2 a flag that is removed and set again by that program is another`()
    async throws
  {
    try legacy("touch", "FERunning")
    let first = try #require(try await one.board.get("FERunning"))
    try legacy("end", "FERunning")
    try legacy("begin", "FERunning", "j", clock(in: 10))
    #expect(try await !one.board.end(first))
    #expect(try await one.board.get("FERunning")?.job == "j")
  }

  @Test func `locks.S2 yesterday's flag is not set, and goes when its own program had its time`()
    async throws
  {
    let hour = Duration.seconds(3600)
    try one.write(
      "j\n" + clock(in: -60), to: ".FCRunning2", at: bench.now.advanced(by: .seconds(-7200)))
    try one.write("", to: ".tpcRunning", at: bench.now.advanced(by: .seconds(-90_000)))
    #expect(try await one.board.list() == [])
    #expect(try one.files == [])
    // The legacy program's own job is about to remove this one, and would stumble if it were gone.
    try one.write(
      "", to: ".tpdRunning", at: bench.now.advanced(by: .zero - hour - .seconds(60)))
    #expect(try await !one.board.isSet("tpdRunning"))
    try legacy("end", "tpdRunning")
    try one.write(
      "", to: ".tpdRunning", at: bench.now.advanced(by: .zero - hour - .seconds(60)))
    try await one.board.begin("tpdRunning", fence: Fence(1))
    #expect(try one.files == [".tpdRunning", ".tpdRunning.il.json"])
  }

  @Test func `locks.S2 a flag with a content that makes no sense is set`() async throws {
    for text in ["garbage", "a\nb\nc", String(repeating: "x", count: 100_000)] {
      try one.write(text, to: ".FCRunning1", at: bench.now)
      let read = try #require(try await one.board.get("FCRunning1"))
      #expect(read.until == read.since.advanced(by: .seconds(3600)))
      #expect(try await one.board.list() == [read])
    }
    try Data([0xff, 0xfe, 0x0a, 0x00]).write(to: URL(filePath: one.folder + "/.FCRunning1"))
    #expect(try await one.board.isSet("FCRunning1"))
  }

  @Test func `a sidecar that makes no sense does not hide a flag`() async throws {
    try await one.board.begin("FCRunning1", fence: Fence(1))
    try Data("garbage".utf8).write(to: URL(filePath: one.folder + "/.FCRunning1.il.json"))
    let read = try #require(try await one.board.get("FCRunning1"))
    #expect(read.owner == nil)
    try await one.board.clear("FCRunning1")
    #expect(try one.files == [])
  }
}

enum LegacyProgram {
  static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Peers/givtcp_flags.py").path()
}
