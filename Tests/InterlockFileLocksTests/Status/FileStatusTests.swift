import Foundation
import Interlock
import InterlockLocks
import InterlockWire
import TestSupport
import Testing

@testable import InterlockFileLocks

@Suite(.tags(.integration), .timeLimit(.minutes(10))) struct FileStatusTests {
  let bench = Bench()
  let scratch: TemporaryDirectory
  let one: Board
  let other: Board

  init() throws {
    scratch = try TemporaryDirectory()
    bench.state.withLock { $0.processes = [1: 7, 2: 8] }
    one = Board(scratch.path, bench.host)
    other = Board(scratch.path, bench.host, process: 2, start: 8)
  }

  @Test func `locks.S1 what one program sets, another sees, extends and ends`() async throws {
    let begun = try await one.board.begin(
      "backup", scope: "garden", ttl: .seconds(60), reason: "copying", payload: ["a": [1]])
    #expect(try await other.board.get("backup", scope: "garden") == begun)
    #expect(try await other.board.list(scope: "garden") == [begun])
    #expect(try await other.board.list(scope: "house") == [])
    await #expect(throws: StatusError.self) {
      try await other.board.begin("backup", scope: "garden")
    }
    let longer = try await other.board.extend(begun, ttl: .seconds(90))
    #expect(try await one.board.get("backup", scope: "garden") == longer)
    let (set, replaced) = try await other.board.set("backup", scope: "garden")
    #expect(replaced == longer && set.id != begun.id)
    #expect(try await !one.board.end(begun))
    #expect(try await other.board.end(set))
    #expect(try one.files == [])
  }

  @Test func `locks.S1 what is over is not set, and its files go`() async throws {
    try await one.board.begin("backup", ttl: .seconds(60))
    try await one.board.begin("FCRunning1", ttl: .seconds(60), fence: Fence(1))
    #expect(try one.files.count == 3)
    bench.pass(.milliseconds(59_999))
    #expect(try await one.board.list().count == 2)
    bench.pass(.milliseconds(1))
    #expect(try await other.board.list() == [])
    #expect(try one.files == [])
  }

  @Test func `locks.S1 an owner that is gone makes a status stale, and no other does`() async throws
  {
    let mine = try await one.board.begin("mine")
    let theirs = try await other.board.begin("theirs")
    let unknown = Board(scratch.path, bench.host, process: 0, start: 0)
    try await unknown.board.begin("unknown")
    #expect(try await one.board.list().allSatisfy { !$0.isStale })
    bench.state.withLock { $0.processes = [1: 7, 2: 9] }  // The number was given again.
    #expect(try await one.board.list().filter(\.isStale).map(\.name) == ["theirs"])
    #expect(try await one.board.clearAll(.stale).map(\.id) == [theirs.id])
    bench.state.withLock { $0.bootID = "run-2" }
    let after = Board(scratch.path, bench.host)
    #expect(try await after.board.list().filter(\.isStale).map(\.id) == [mine.id])
    #expect(try await after.board.clearAll(.everything).count == 2)
    #expect(try one.files == [])
  }

  @Test
  func `locks.F15 within a run the clock that does not jump decides, after it the time of day`()
    async throws
  {
    try await one.board.begin("backup", ttl: .seconds(60))
    bench.state.withLock { $0.time = $0.time.advanced(by: .seconds(7200)) }
    let moved = try #require(try await one.board.get("backup"))
    #expect(moved.until == bench.now.advanced(by: .seconds(60)), "its end moves with the clock")
    bench.state.withLock { $0.time = $0.time.advanced(by: .seconds(-14_400)) }
    bench.pass(.seconds(59))
    #expect(try await one.board.isSet("backup"))
    bench.pass(.seconds(1))
    #expect(try await !one.board.isSet("backup"))

    try await one.board.begin("backup", ttl: .seconds(60))
    bench.state.withLock {
      $0.bootID = "run-2"
      $0.uptime = Instant(nanoseconds: 5)
    }
    let after = Board(scratch.path, bench.host)
    #expect(try await after.board.isSet("backup"))
    bench.state.withLock { $0.time = $0.time.advanced(by: .seconds(61)) }
    #expect(try await !after.board.isSet("backup"))
  }

  @Test func `locks.K4 a status with a legacy name is a flag, and no other is`() async throws {
    for flag in LegacyFlag.all {
      let key = StatusKey(flag)
      try await one.board.begin(
        key.name, scope: key.scope, ttl: .seconds(90), payload: ["job": "j"], fence: Fence(1))
      #expect(try one.files == [flag.file, flag.file + ".il.json"])
      // 01:53:20 on a clock an hour ahead of UTC, and a minute and a half.
      #expect(try one.text(flag.file) == "j\n01:55")
      try await one.board.clear(key.name, scope: key.scope)
    }
    for name: StatusName in ["lockfile", "FCRunning6", "regcache_lockfile_1", "x", "..", "."] {
      try await one.board.begin(name)
      #expect(try one.files.allSatisfy { $0.hasSuffix(".il.json") })
    }
  }

  @Test func `locks.N2 no name leads out of the folder, and none is taken for another`()
    async throws
  {
    let names: [StatusName] = [
      "..", ".", "../x", "/etc/passwd", "a/b", "a%2Fb", "a\nb", "*", "{x}", "FCRunning1.il.json",
      "il-board.lock", "😀", "é", "E", "e", "a%00b",
      StatusName(stringLiteral: String(repeating: "n", count: 512)),
      StatusName(stringLiteral: String(repeating: "/", count: 512)),
    ]
    for name in names {
      try await one.board.begin(name, reason: "alone")
      try await one.board.begin(name, scope: name, reason: "in itself")
    }
    try await one.board.begin("b", scope: "a")
    let files = try one.files
    #expect(Set(files).count == names.count * 2 + 1)
    #expect(files.allSatisfy { $0.hasPrefix(".") && $0.utf8.count <= 255 })
    let listed = try await other.board.list()
    #expect(Set(listed.map(\.key)).count == names.count * 2 + 1)
    for name in names {
      #expect(try await other.board.get(name)?.reason == "alone")
      #expect(try await other.board.get(name, scope: name)?.reason == "in itself")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/..")
        .filter { $0 == "x" || $0 == ".x.il.json" } == [])
  }

  @Test func `locks.S1 a watcher sees what another program does`() async throws {
    let first = try await one.board.begin("backup", ttl: .seconds(60))
    var changes = other.board.watch().makeAsyncIterator()
    #expect(try await changes.next() == .began(first))
    try await one.board.end(first)
    #expect(try await changes.next() == .ended(first))
    try one.write("j\n", to: ".FERunning", at: bench.now)
    guard case .began(let flag) = try await changes.next() else {
      Issue.record("the flag is not seen")
      return
    }
    #expect(flag.key.flag?.file == ".FERunning" && flag.job == "j" && flag.owner == nil)
    try FileManager.default.removeItem(atPath: one.folder + "/.FERunning")
    #expect(try await changes.next() == .ended(flag))
  }

  private func text(_ entry: StatusEntry?) -> String {
    entry.map { JSONValue.object($0.json).serialized() } ?? "none"
  }

  @Test(.tags(.property)) func `a board in files does what a board in memory does`() async throws {
    let memory = MemoryStatusBackend(clock: SystemClock()) { [bench] in bench.now }
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let keys = [
      StatusKey("a"), StatusKey("a", scope: "s"), StatusKey("FCRunning"), StatusKey("tpdRunning_3"),
    ]
    var ids = ["none"]
    for step in 0..<Schedules.count(300) {
      let key = keys[Int.random(in: 0..<keys.count, using: &generator)]
      let id = ids.suffix(6).randomElement(using: &generator) ?? "none"
      let fence = Fence(UInt64.random(in: 1...3, using: &generator))
      let draft = try StatusDraft(
        key, id: "\(step)", owner: nil, ttl: .seconds(Int.random(in: 1...50, using: &generator)),
        payload: ["n": .integer(step)], fence: fence)
      let choice = Int.random(in: 0..<6, using: &generator)
      func act(_ backend: any StatusBackend) async -> String {
        do throws(StatusError) {
          switch choice {
          case 0: return text(try await backend.begin(draft))
          case 1:
            let (entry, replaced) = try await backend.set(draft)
            return text(entry) + text(replaced)
          case 2:
            return text(try await backend.extend(key, id: id, ttl: .seconds(20), fence: fence))
          case 3: return "\(try await backend.end(key, id: id, fence: fence))"
          case 4: return text(try await backend.entry(key))
          default: return text(try await backend.clear(key))
          }
        } catch {
          return "\(error)"
        }
      }
      let (expected, got) = (await act(memory), await act(one.backend))
      try #require(expected == got, "seed \(seed), step \(step), choice \(choice)")
      try #require(
        try await memory.entries(in: nil) == (try await other.backend.entries(in: nil)),
        "seed \(seed), step \(step), choice \(choice)")
      ids.append("\(step)")
      if choice == 4 { bench.pass(.seconds(Int.random(in: 0...9, using: &generator))) }
    }
  }
}
