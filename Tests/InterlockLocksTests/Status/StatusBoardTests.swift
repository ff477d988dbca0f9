import Interlock
import InterlockLocks
import InterlockWire
import TestSupport
import Testing

@Suite struct StatusBoardTests {
  /// A time of day that a test moves.
  final class Sundial: Sendable {
    private let time = Guarded(StatusTime(microseconds: 1_796_000_000_000_000))
    var now: StatusTime { time.withLock { $0 } }
    func pass(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
  }

  let sundial = Sundial()
  let board: StatusBoard
  let other: StatusBoard

  init() {
    let backend = MemoryStatusBackend(clock: SystemClock()) { [sundial] in sundial.now }
    func session(_ process: Int32) -> LockSession {
      LockSession(owner: LockOwner(host: "h", process: process), secret: UInt64(process))
    }
    other = StatusBoard(backend, session: session(2))
    let heard = Heard()
    self.heard = heard
    board = StatusBoard(backend, session: session(1)) { notice in
      guard case .cleared(let entry, by: let owner) = notice else { return }
      heard.cleared.withLock { $0.append((entry, owner)) }
    }
  }

  final class Heard: Sendable {
    let cleared = Guarded<[(StatusEntry, LockOwner)]>([])
  }
  let heard: Heard

  @Test func `locks.S1 a status is begun once, and told by whom and for how long`() async throws {
    let entry = try await board.begin("backup", ttl: .seconds(60), reason: "copying")
    #expect(entry.owner?.process == 1 && entry.reason == "copying")
    sundial.pass(.seconds(10))
    let error = await #expect(throws: StatusError.self) { try await other.begin("backup") }
    let text = "\(try #require(error))"
    #expect(text == "the status 'backup' is already set by h:1 (copying), for another 50.0s")
    #expect(try await other.isSet("backup"))
    #expect(try await other.get("backup") == entry)
    #expect(try await !other.isSet("backup", scope: "garden"), "another scope is another status")
  }

  @Test func `locks.S1 an old end does not clear a new status`() async throws {
    let first = try await board.begin("backup", ttl: .seconds(60))
    #expect(try await board.end(first))
    let second = try await other.begin("backup")
    #expect(first.id != second.id)
    #expect(try await !board.end(first))
    #expect(try await board.get("backup") == second)
    await #expect(throws: StatusError.self) { try await board.extend(first, ttl: .seconds(60)) }
  }

  @Test func `locks.S1 what is over is not set, and is begun again`() async throws {
    let first = try await board.begin("backup", ttl: .seconds(60))
    sundial.pass(.milliseconds(59_999))
    #expect(try await board.isSet("backup"))
    sundial.pass(.milliseconds(1))
    #expect(try await !board.isSet("backup"))
    #expect(try await board.list() == [])
    #expect(try await !board.end(first))
    try await other.begin("backup")
  }

  @Test func `an extension never shortens`() async throws {
    let first = try await board.begin("backup", ttl: .seconds(60))
    sundial.pass(.seconds(30))
    #expect(try await board.extend(first, ttl: .seconds(10)).until == first.until)
    let longer = try await board.extend(first, ttl: .seconds(60))
    #expect(longer.until == sundial.now.advanced(by: .seconds(60)))
    #expect(longer.id == first.id && longer.since == first.since)
    #expect(try await board.end(first), "it is the same incarnation")
  }

  @Test func `a status has an end, and a reason and a payload of a size`() async throws {
    let most = String(repeating: "x", count: 200)
    try await board.begin("ok", ttl: .seconds(1), reason: most)
    for (name, ttl, reason, size) in [
      ("a", Duration.milliseconds(999), "", 0), ("b", .seconds(367 * 86_400), "", 0),
      ("c", .seconds(-1), "", 0), ("d", .seconds(5), most + "x", 0), ("e", .seconds(5), "", 4090),
    ] {
      let payload: JSONObject = ["p": .string(String(repeating: "y", count: size))]
      let error = await #expect(throws: StatusError.self) {
        try await board.begin(
          try StatusName(name), ttl: ttl, reason: reason, payload: payload)
      }
      guard case .invalidOption = error?.reason else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
    #expect(try await board.list().map(\.name) == ["ok"])
    let usual = try await board.begin("usual")
    #expect(usual.until == usual.since.advanced(by: .seconds(3600)))
  }

  @Test func `locks.S1 an inverter's status needs a fence, and an older one is refused`()
    async throws
  {
    let error = await #expect(throws: StatusError.self) {
      try await board.begin("FCRunning", scope: "inverter-1")
    }
    #expect("\(try #require(error))".contains("holding the lock 'inverter_write'"))
    let first = try await board.begin("FCRunning", scope: "inverter-1", fence: Fence(10))
    let (second, replaced) = try await other.set("FCRunning1", fence: Fence(11))
    #expect(replaced == first)
    await #expect(throws: StatusError.self) {
      try await board.set("FCRunning1", fence: Fence(10))
    }
    #expect(try await !board.end(first), "it is not there any more")
    await #expect(throws: StatusError.self) { try await board.end(second, fence: Fence(10)) }
    #expect(try await board.get("FCRunning1") == second)
    let raised = try await other.extend(second, ttl: .seconds(10), fence: Fence(12))
    #expect(raised.fence == Fence(12))
    let late = await #expect(throws: StatusError.self) { try await other.end(second) }
    #expect("\(try #require(late))".contains("fence 12"))
    #expect(try await other.end(raised))
  }

  @Test func `locks.S3 the second force charge inherits what the first was to restore`()
    async throws
  {
    let captured: JSONObject = ["job": "j1", "rate": 2600, "target": 80]
    try await board.begin(
      "FCRunning", scope: "inverter-1", reason: "force charge", payload: captured, fence: Fence(1))
    // What the inverter is now set to is the forced mode: the values to restore are those of the first.
    let (_, replaced) = try await other.set(
      "FCRunning", scope: "inverter-1", payload: ["job": "j2"], fence: Fence(2))
    var inherited = try #require(replaced).payload
    inherited["job"] = "j2"
    let entry = try await other.get("FCRunning1")
    try await other.set("FCRunning1", payload: inherited, fence: Fence(2))
    let last = try #require(try await board.get("FCRunning1"))
    #expect(last.payload == ["job": "j2", "rate": 2600, "target": 80])
    #expect(try await !board.end(try #require(entry)), "the restore of the first ends nothing")
    #expect(try await board.isSet("FCRunning1"))
  }

  @Test func `clearing tells what was cleared, and by whom`() async throws {
    #expect(try await board.clear("backup") == nil)
    let entry = try await other.begin("backup")
    #expect(try await board.clear("backup") == entry)
    try await other.begin("a", scope: "garden")
    try await other.begin("b", scope: "garden")
    try await other.begin("c")
    #expect(try await board.clearAll(scope: "garden") == [], "none is stale")
    #expect(try await board.clearAll(scope: "garden", .everything).map(\.name) == ["a", "b"])
    #expect(try await board.list().map(\.name) == ["c"])
    let heard = heard.cleared.withLock { $0 }
    #expect(heard.map(\.0.name) == ["backup", "a", "b"])
    #expect(heard.allSatisfy { $0.1.process == 1 })
  }

  struct Broken: Error {}

  @Test func `a status around a body ends on every way out`() async throws {
    let value = try await board.withStatus("backup", reason: "body") { status async throws in
      #expect(try await other.get("backup") == status)
      return 7
    }
    #expect(value == 7)
    #expect(try await !board.isSet("backup"))
    await #expect(throws: Broken.self) {
      try await board.withStatus("backup") { _ in throw Broken() }
    }
    #expect(try await !board.isSet("backup"))
    await withTaskGroup { group in
      group.addTask { [board] in
        try? await board.withStatus("backup") { _ in
          withUnsafeCurrentTask { $0?.cancel() }
          try Task.checkCancellation()
        }
      }
    }
    #expect(try await !board.isSet("backup"))
    try await other.begin("backup")
    await #expect(throws: StatusError.self) {
      try await board.withStatus("backup") { _ in Issue.record("the body must not run") }
    }
  }

  @Test func `a status around a body ends with the lease, before the body does`() async throws {
    let locks = LockClient(InProcessBackend())
    await #expect(throws: LockError.self) {
      try await locks.withLock("inverter_write") { lease in
        try await board.withStatus("FCRunning1", under: lease) { status in
          #expect(status.fence == lease.fence)
          #expect(try await other.isSet("FCRunning1"))
          _ = try await locks.backend.forceUnlock(
            "inverter_write", expecting: nil, by: "a test", reason: "to see")
          for try await change in other.watch() {
            if case .ended = change { break }
          }
          #expect(try await !other.isSet("FCRunning1"))
        }
      }
    }
    try await locks.withLock("inverter_write:2") { lease in
      try await board.withStatus("FCRunning2", under: lease) { _ in }
      await #expect(throws: StatusError.self) {
        try await board.withStatus("FCRunning1", under: lease) { _ in }
      }
    }
    #expect(try await board.list() == [])
  }

  final class Inverter: Sendable {
    let state = Guarded((rate: 2600, restores: 0))
  }

  @Test
  func `locks.S3 of two force charges at once one captures, the other inherits, one restores`()
    async throws
  {
    let locks = LockClient(InProcessBackend())
    let inverter = Inverter()
    let statuses = try await withThrowingTaskGroup(of: StatusEntry.self) { group in
      for _ in 0..<2 {
        group.addTask { [board] in
          try await locks.withLock("inverter_write") { lease in
            let running = try await board.get("FCRunning1")
            let original = running?.payload["rate"] ?? .integer(inverter.state.withLock { $0.rate })
            inverter.state.withLock { $0.rate = 5000 }
            let (status, replaced) = try await board.set(
              "FCRunning1", payload: ["rate": original], fence: lease.fence)
            #expect(replaced == running)
            return status
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.map { $0.payload["rate"] } == [2600, 2600])
    for status in statuses + statuses {
      try await locks.withLock("inverter_write") { lease in
        guard try await board.end(status, fence: lease.fence) else { return }
        let original = status.payload["rate"]?.number?.exactly(Int.self) ?? 0
        inverter.state.withLock { $0 = (original, $0.restores + 1) }
      }
    }
    #expect(inverter.state.withLock { $0.rate == 2600 && $0.restores == 1 })
  }

  @Test func `locks.S1 a watcher sees what is set, and then what begins, changes and ends`()
    async throws
  {
    let first = try await board.begin("backup", ttl: .seconds(60))
    var changes = board.watch().makeAsyncIterator()
    #expect(try await changes.next() == .began(first))
    let longer = try await other.extend(first, ttl: .seconds(90))
    #expect(try await changes.next() == .changed(longer, from: first))
    let (second, _) = try await other.set("backup")
    #expect(try await changes.next() == .changed(second, from: longer))
    let another = try await other.begin("another")
    #expect(try await changes.next() == .began(another))
    try await other.end(second)
    #expect(try await changes.next() == .ended(second))
  }

  @Test func `a watcher that is cancelled goes at once`() async throws {
    let task = Task { [board] in
      for try await _ in board.watch() {}
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `a board in memory has a bound, and makes room by what is over`() async throws {
    for number in 0..<MemoryStatusBackend.capacity {
      try await board.begin(try StatusName("s\(number)"), ttl: .seconds(number == 0 ? 1 : 60))
    }
    let error = await #expect(throws: StatusError.self) { try await board.begin("more") }
    #expect("\(try #require(error))".contains("4096"))
    sundial.pass(.seconds(1))
    try await board.begin("more")
  }

  @Test func `locks.N1 names of statuses are those of locks`() throws {
    for text in ["", String(repeating: "x", count: 513), "a\u{0}b"] {
      let error = #expect(throws: StatusError.self) { try StatusName(text) }
      #expect("\(try #require(error))".contains("is no name of a status"))
    }
    for text in ["a\nb", "*", "{}", "../x", "%", "\"", "\u{202e}x", "😀", "a/b"] {
      #expect(try StatusName(text).text == text)
    }
    let same: [StatusName] = ["e\u{301}", "\u{e9}"]
    #expect(Set(same).count == 1)
    let others: [StatusName] = ["a", "A"]
    #expect(Set(others).count == 2)
  }
}
