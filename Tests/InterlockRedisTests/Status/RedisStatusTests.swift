import Interlock
import InterlockLocks
import InterlockRedis
import InterlockWire
import TestSupport
import Testing

/// A board on a real server, and legacy programs beside it, byte for byte.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RedisStatusTests {
  private func board(_ server: LocalRedis, process: Int32 = 1) throws -> StatusBoard {
    StatusBoard(
      try RedisStatusBackend(server.url),
      session: LockSession(
        owner: LockOwner(host: "h", process: process), secret: UInt64(process)))
  }

  @Test func `locks.S1 what one program sets, another sees, extends and ends`() async throws {
    let server = try LocalRedis()
    let (one, other) = (try board(server), try board(server, process: 2))
    let begun = try await one.begin(
      "backup", scope: "gar}den *", ttl: .seconds(600), reason: "copying", payload: ["a": [1]])
    #expect(try await other.get("backup", scope: "gar}den *") == begun)
    #expect(try await other.list(scope: "gar}den *") == [begun])
    #expect(try await other.list(scope: "house") == [])
    #expect(try await other.list() == [begun])
    let error = await #expect(throws: StatusError.self) {
      try await other.begin("backup", scope: "gar}den *")
    }
    #expect("\(error as Any)".contains("is already set by h:1 (copying)"))
    let longer = try await other.extend(begun, ttl: .seconds(900))
    #expect(try await one.get("backup", scope: "gar}den *") == longer)
    let (set, replaced) = try await other.set("backup", scope: "gar}den *")
    #expect(replaced == longer && set.id != begun.id)
    #expect(try await !one.end(begun), "an old end does not clear a new status")
    #expect(try await other.end(set))
    #expect(try RawRedis(server)("DBSIZE").integer == 0, "nothing is left")
  }

  @Test func `locks.S1 of many who begin at once one does, and of many who change each is kept`()
    async throws
  {
    let server = try LocalRedis()
    let boards = try (1...4).map { try board(server, process: $0) }
    let begun = await withTaskGroup(of: Bool.self) { group in
      for board in boards {
        for _ in 0..<3 { group.addTask { (try? await board.begin("backup")) != nil } }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(begun == 1)
    // Each that replaces one is told which: so every one but the last is replaced once.
    let replaced = try await withThrowingTaskGroup(of: String?.self) { group in
      for board in boards {
        group.addTask { try await board.set("backup").replaced?.id }
      }
      return try await group.reduce(into: Set<String>()) { if let id = $1 { $0.insert(id) } }
    }
    #expect(replaced.count == 4)
  }

  @Test func `locks.S1 what is over is not set, and leaves nothing`() async throws {
    let server = try LocalRedis()
    let board = try board(server)
    try await board.begin("backup", scope: "x", ttl: .seconds(1))
    try await board.begin("FCRunning1", ttl: .seconds(1), fence: Fence(7))
    try await eventually { try await board.list().isEmpty }
    #expect(try await board.get("backup", scope: "x") == nil)
    let raw = try RawRedis(server)
    try await eventually { try raw("DBSIZE").integer == 0 }
  }

  @Test func `locks.S1 fences of an inverter's flags count on a server too`() async throws {
    let server = try LocalRedis()
    let board = try board(server)
    await #expect(throws: StatusError.self) { try await board.begin("FCRunning1") }
    let begun = try await board.begin("FCRunning1", fence: Fence(10))
    let error = await #expect(throws: StatusError.self) {
      try await board.set("FCRunning1", fence: Fence(9))
    }
    #expect("\(error as Any)".contains("fence 10"))
    #expect(try await board.end(begun, fence: Fence(11)))
  }

  @Test func `locks.S1 a watcher sees what others begin, change and end`() async throws {
    let server = try LocalRedis()
    let (one, other) = (try board(server), try board(server, process: 2))
    var changes = one.watch().makeAsyncIterator()
    let begun = try await other.begin("backup")
    #expect(try await changes.next() == .began(begun))
    let longer = try await other.extend(begun, ttl: .seconds(7200))
    #expect(try await changes.next() == .changed(longer, from: begun))
    #expect(try await other.end(begun))
    #expect(try await changes.next() == .ended(longer))
    let raw = try RawRedis(server)
    _ = try raw("SETEX", "givtcp:status:tpcRunning_2", "3600", "1")
    let flagged = try await changes.next()
    guard case .began(let entry)? = flagged else {
      Issue.record("\(flagged as Any)")
      return
    }
    #expect(entry.key == StatusKey("tpcRunning", scope: "inverter-2") && entry.owner == nil)
    _ = try raw("DEL", "givtcp:status:tpcRunning_2")
    #expect(try await changes.next() == .ended(entry))
  }

  @Test func `locks.S2 a legacy program sees our flag, and takes it away`() async throws {
    let server = try LocalRedis()
    let (board, raw) = (try board(server), try RawRedis(server))
    try await board.begin("FCRunning", scope: "inverter-3", ttl: .seconds(1800), fence: Fence(1))
    #expect(try raw("GET", "givtcp:status:FCRunning3").string == "1")
    let left = try #require(try raw("TTL", "givtcp:status:FCRunning3").integer)
    #expect(1790...1800 ~= left)
    #expect(try raw("EXISTS", "givtcp:status:FCRunning").integer == 0)
    // As its clear_status does.
    _ = try raw("DEL", "givtcp:status:FCRunning3")
    #expect(try await board.get("FCRunning3") == nil)
    #expect(try await board.list() == [])
    let again = try await board.begin("FCRunning3", fence: Fence(2))
    #expect(try await board.get("FCRunning", scope: "inverter-3") == again)
    // And sets it anew, for longer: that is another status, of nobody we know.
    _ = try raw("SETEX", "givtcp:status:FCRunning3", "7200", "1")
    let theirs = try #require(try await board.get("FCRunning3"))
    #expect(theirs.owner == nil && theirs.id == "flag:FCRunning3" && theirs.fence == nil)
    let rest = theirs.until.map { again.since.duration(to: $0) } ?? .zero
    #expect((.seconds(7195)...(.seconds(7260))).contains(rest))
    #expect(try await !board.end(again, fence: Fence(2)), "what we began has ended")
    #expect(try await board.end(theirs))
    #expect(try raw("EXISTS", "givtcp:status:FCRunning3").integer == 0)
  }

  @Test func `locks.S2 a flag that a legacy program set is set, replaced and ended`() async throws {
    let server = try LocalRedis()
    let (board, raw) = (try board(server), try RawRedis(server))
    _ = try raw("SETEX", "givtcp:status:FERunning", "3600", "1")
    let theirs = try #require(try await board.get("FERunning"))
    #expect(theirs.owner == nil && theirs.until != nil)
    #expect(try await board.get("FERunning") == theirs, "it is the same when it is looked at again")
    await #expect(throws: StatusError.self) {
      try await board.begin("FERunning", fence: Fence(1))
    }
    let (ours, replaced) = try await board.set("FERunning", ttl: .seconds(60), fence: Fence(1))
    #expect(replaced == theirs)
    #expect(try await board.get("FERunning") == ours)
    _ = try raw("DEL", "givtcp:status:FERunning")
    _ = try raw("SET", "givtcp:status:FERunning", "whatever")
    let endless = try #require(try await board.get("FERunning"))
    #expect(endless.until == nil && endless.owner == nil)
    #expect(try await board.clear("FERunning") == endless)
    #expect(try raw("KEYS", "*").elements == [])
  }

  @Test func `locks.S3 of two force charges at once one captures, the other inherits`() async throws
  {
    let server = try LocalRedis()
    let boards = (try board(server), try board(server, process: 2))
    async let one = boards.0.set("FCRunning1", payload: ["rate": 10], fence: Fence(5))
    async let other = boards.1.set("FCRunning1", payload: ["rate": 20], fence: Fence(5))
    let (first, second) = (try await one, try await other)
    let inherits = first.replaced == nil ? (second, first) : (first, second)
    #expect(inherits.1.replaced == nil)
    #expect(inherits.0.replaced == inherits.1.entry)
    // The restore of the one that was replaced has nothing to end.
    #expect(try await !boards.0.end(inherits.1.entry))
    #expect(try await boards.1.end(inherits.0.entry))
  }

  @Test func `what is no status is named and left alone, until it is cleared`() async throws {
    let server = try LocalRedis()
    let (board, raw) = (try board(server), try RawRedis(server))
    for text in ["no json", "{}", #"{"id":"a","name":"other","since":1}"#] {
      _ = try raw("SET", "il:st:{}:backup", text)
      let error = await #expect(throws: StatusError.self) { try await board.get("backup") }
      #expect("\(error as Any)".contains("il:st:{}:backup is no status"), "\(error as Any)")
      await #expect(throws: StatusError.self) { try await board.set("backup") }
      #expect(try raw("GET", "il:st:{}:backup").string == text)
    }
    _ = try raw("DEL", "il:st:{}:backup")
    _ = try raw("LPUSH", "il:st:{}:backup", "a")
    let error = await #expect(throws: StatusError.self) { try await board.get("backup") }
    #expect("\(error as Any)".contains("clear it"))
    #expect(try await board.clear("backup") == nil)
    try await board.begin("backup")
  }

  @Test func `locks.F13 a server that is not there, or does not write, is said to be so`()
    async throws
  {
    let nobody = StatusBoard(
      try RedisStatusBackend(RedisURL(host: "127.0.0.1", port: LoopbackPort.free())),
      session: LockSession(owner: LockOwner(host: "h", process: 1), secret: 1))
    let gone = await #expect(throws: StatusError.self) { try await nobody.get("backup") }
    #expect("\(gone as Any)".contains("cannot be reached: redis://127.0.0.1:"), "\(gone as Any)")
    let server = try LocalRedis()
    let replica = try LocalRedis(LocalRedis.Options(replicaOf: server.port))
    let raw = try RawRedis(replica)
    try await eventually {
      try raw("INFO", "replication").string?.contains("master_link_status:up") == true
    }
    let refused = await #expect(throws: StatusError.self) {
      try await board(replica).begin("backup")
    }
    #expect("\(refused as Any)".contains("is read-only"), "\(refused as Any)")
  }

  @Test func `statuses outlive a connection that breaks, and a server that forgets its scripts`()
    async throws
  {
    let server = try LocalRedis()
    let (board, raw) = (try board(server), try RawRedis(server))
    let begun = try await board.begin("backup")
    _ = try raw("SCRIPT", "FLUSH")
    #expect(try await board.get("backup") == begun)
    _ = try raw("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    #expect(try await board.end(begun))
  }

  @Test func `what is cleared is what was there, and nothing of it stays`() async throws {
    let server = try LocalRedis()
    let (board, raw) = (try board(server), try RawRedis(server))
    let begun = try await board.begin("backup", scope: "x")
    let flag = try await board.begin("tpdRunning_2", fence: Fence(1))
    #expect(try await board.clear("backup", scope: "x") == begun)
    #expect(try await board.clear("tpdRunning_2") == flag)
    #expect(try await board.clear("backup", scope: "x") == nil)
    #expect(try raw("DBSIZE").integer == 0)
    _ = try raw("SETEX", "givtcp:status:FCRunning", "3600", "1")
    let theirs = try await board.get("FCRunning")
    #expect(try await board.clear("FCRunning") == theirs && theirs != nil)
  }
}
