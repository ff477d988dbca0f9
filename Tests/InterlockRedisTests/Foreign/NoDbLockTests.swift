import Foundation
import Interlock
import InterlockLocks
import InterlockRedis
import TestSupport
import Testing

/// NoDb's locks of documents: the payload, the mirror, and everything its programs look at.
@Suite(
  .tags(.integration), .ownThread, .timeLimit(.minutes(10)), .enabled(if: PeerPython.isHere))
struct NoDbLockTests {
  private let server: LocalRedis
  private let raw: RawRedis

  init() throws {
    server = try LocalRedis()
    raw = try RawRedis(server)
  }

  private struct Payload: Decodable, Equatable {
    let token: String
    let owner: String
    let acquired_at: Int
    let expires_at: Int
    let ttl: Int
  }

  @Test(arguments: [
    ("flying-cockatoo", "climate.nodb"),
    ("batch;;north;;leaf-3", "_pups/omni/scenarios/a/landuse.nodb"),
    ("run*[a]", "climate.nodb"),
  ])
  func `locks.K3 payload and mirror are theirs, and a renewal keeps the token`(
    run: String, path: String
  ) async throws {
    let them = try ForeignClient("nodb", server)
    let locker = try TestLocker(server, .nodb)
    let name = try LockName("\(run)|\(path)")
    let held = try await locker.hold(name, term: .seconds(60))
    let key = "nodb-lock:\(run):\(path)"
    let text = try #require(try raw("GET", key).string)
    let payload = try JSONDecoder().decode(Payload.self, from: Data(text.utf8))
    #expect(
      text
        == "{\"token\":\"\(payload.token)\",\"owner\":\"\(payload.owner)\",\"acquired_at\":\(payload.acquired_at),"
        + "\"expires_at\":\(payload.expires_at),\"ttl\":60}")
    #expect(payload.token.count == 32 && payload.token.allSatisfy(\.isHexDigit))
    let owner = locker.backend.session.owner
    #expect(payload.owner == "\(owner.host):\(owner.process)")
    #expect(payload.expires_at == payload.acquired_at + 60)
    #expect(try raw("HGET", run, "locked:\(path)").string == "true")
    #expect(try await locker.record(name).holders.first?.token == payload.token)
    #expect(try them("islocked \(run)|\(path)") == "yes")
    #expect(try them("take \(run)|\(path) 0 60") == "no")

    #expect(try await held.renew(term: .seconds(120)).isConfirmed)
    let renewed = try JSONDecoder().decode(
      Payload.self, from: Data((try raw("GET", key).string ?? "").utf8))
    #expect(renewed.token == payload.token && renewed.owner == payload.owner && renewed.ttl == 120)
    #expect(renewed.acquired_at == payload.acquired_at)
    #expect(try raw("TTL", key).integer ?? 0 > 60)

    #expect(try await held.release())
    #expect(try raw("EXISTS", key) == .integer(0))
    #expect(try raw("HGET", run, "locked:\(path)").string == "false")
    #expect(try them("islocked \(run)|\(path)") == "no")
  }

  @Test func `locks.K3 each side excludes the other, and neither loses what it counts`()
    async throws
  {
    let them = try ForeignClient("nodb", server)
    let locker = try TestLocker(server, .nodb)
    #expect(try them("take run|climate.nodb 0 60") == "yes")
    let token = try them("token")
    guard case .busy(let holder)? = try await locker.ask("run|climate.nodb", waits: false).refusal()
    else { return try #require(Bool(false), "it was granted") }
    #expect(holder?.token == token)
    let waiting = try locker.ask("run|climate.nodb")
    try await eventually { try await locker.record("run|climate.nodb").waiters.count == 1 }
    #expect(try them("give") == "ok")
    _ = try await waiting.grant()
    // They delete the key and then reset the mirror, which may have been ours by then: a renewal puts it right.
    #expect(try await waiting.renew().isConfirmed)
    #expect(try raw("HGET", "run", "locked:climate.nodb").string == "true")
    #expect(try await waiting.release())
  }

  @Test func `locks.K3 a bare token of an older writer is one`() async throws {
    let locker = try TestLocker(server, .nodb)
    for value in ["0123456789abcdef0123456789abcdef", "[1,2]", "{\"owner\":\"host:1\"}", "{broken"]
    {
      try raw("SET", "nodb-lock:run:a.nodb", value)
      let holder = try await locker.record("run|a.nodb").holders.first
      #expect(holder?.token == value && holder?.left == nil)
      guard case .busy? = try await locker.ask("run|a.nodb", waits: false).refusal() else {
        return try #require(Bool(false), "\(value): it was granted")
      }
    }
  }

  @Test
  func `locks.K3 their clearing is a loss, and ours resets their mirror and spares other runs`()
    async throws
  {
    let them = try ForeignClient("nodb", server)
    let locker = try TestLocker(server, .nodb)
    var held: [String: Asked] = [:]
    for name in ["run-7|a.nodb", "run-7|_pups/x/b.nodb", "run-70|a.nodb", "run-7*|a.nodb"] {
      held[name] = try await locker.hold(try LockName(name))
    }
    #expect(
      try them("statuses run-7") == #"{"_pups/x/b.nodb": true, "a.nodb": true}"#)
    let client = LockClient(locker.backend)
    let cleared = try await client.clear(below: "run-7|_pups", .now, reason: "over")
    #expect(cleared.map(\.name.text) == ["run-7|_pups/x/b.nodb"])
    guard case .revoked(_, "over")? = try await held["run-7|_pups/x/b.nodb"]?.lost() else {
      return try #require(Bool(false), "its holder is not told")
    }
    #expect(try them("statuses run-7") == #"{"_pups/x/b.nodb": false, "a.nodb": true}"#)
    #expect(try await client.records(below: "run-7").map(\.name.text) == ["run-7|a.nodb"])
    #expect(try them("clear run-7") == "locked:_pups/x/b.nodb locked:a.nodb")
    #expect(try await held["run-7|a.nodb"]?.renew().isConfirmed == false)
    #expect(try await held["run-70|a.nodb"]?.renew().isConfirmed == true)
    #expect(try await held["run-7*|a.nodb"]?.renew().isConfirmed == true)
    #expect(try them("force run-70|a.nodb") == "ok")
    #expect(try await held["run-70|a.nodb"]?.renew().isConfirmed == false)
  }

  @Test func `locks.R17 a mirror that does not agree with its lock is told, until it does`()
    async throws
  {
    let locker = try TestLocker(server, .nodb)
    let client = LockClient(locker.backend)
    func told() async throws -> [String] {
      try await client.disagreements(about: "run|a.nodb").filter { $0.contains("mirror") }
    }
    #expect(try await told() == [])
    let held = try await locker.hold("run|a.nodb")
    #expect(try await told() == [])
    // As it is left when a lock ends by time.
    try raw("DEL", "nodb-lock:run:a.nodb")
    #expect(
      try await told() == ["the mirror locked:a.nodb of run says true, and nobody holds it"])
    #expect(try await !held.renew().isConfirmed)
    let next = try await locker.hold("run|a.nodb")
    #expect(try await told() == [])
    try raw("HSET", "run", "locked:a.nodb", "false")
    #expect(try await told() == ["the mirror locked:a.nodb of run says false, and it is held"])
    try raw("HDEL", "run", "locked:a.nodb")
    #expect(try await told() == ["the mirror locked:a.nodb of run says nothing, and it is held"])
    // Older entries hold the payload.
    try raw("HSET", "run", "locked:a.nodb", "{\"token\":\"x\"}")
    #expect(try await told() == [])
    #expect(try await next.release())
    #expect(try await told() == [])
    try raw("SET", "run", "text")
    #expect(try await told() == ["the hash run of mirrors is no hash"])
  }

  @Test func `locks.R14 in a run that is read-only nothing is locked, and nothing stays`()
    async throws
  {
    let folder = try TemporaryDirectory()
    let locker = try TestLocker(server, .nodb)
    let client = LockClient(locker.backend, companion: NoDbRunFolder(folder.path))
    try await client.withLock("run|a.nodb") { _ in
      // One that is made meanwhile does not end what is held.
      try Data().write(to: URL(filePath: folder("READONLY")))
      #expect(try raw("HGET", "run", "locked:a.nodb").string == "true")
    }
    let error = await #expect(throws: LockError.self) {
      try await client.withLock("run|a.nodb") { _ in Issue.record("it was inside") }
    }
    #expect("\(try #require(error))".hasSuffix("may not be taken: \(folder.path) is read-only"))
    #expect(try raw("EXISTS", "nodb-lock:run:a.nodb") == .integer(0))
    #expect(try raw("HGET", "run", "locked:a.nodb").string == "false")
    try FileManager.default.removeItem(atPath: folder("READONLY"))
    try await client.withLock("run|a.nodb") { _ in }

    let nowhere = LockClient(locker.backend, companion: NoDbRunFolder(folder("none")))
    let missing = await #expect(throws: LockError.self) {
      try await nowhere.withLock("run|a.nodb") { _ in }
    }
    #expect("\(try #require(missing))".contains("none"))
  }

  @Test func `locks.K3 the owner that a payload names is told`() async throws {
    let them = try ForeignClient("nodb", server)
    let locker = try TestLocker(server, .nodb)
    #expect(try them("take run|a.nodb 0 60") == "yes")
    let owner = try #require(try await locker.record("run|a.nodb").holders.first?.owner)
    let text = try #require(try raw("GET", "nodb-lock:run:a.nodb").string)
    let payload = try JSONDecoder().decode(Payload.self, from: Data(text.utf8))
    #expect("\(owner.host):\(owner.process)" == payload.owner)
    for value in [
      "{\"token\":\"t\",\"owner\":\"host\"}", "{\"token\":\"t\",\"owner\":7}", "{broken", "t",
    ] {
      try raw("SET", "nodb-lock:run:a.nodb", value)
      #expect(try await locker.record("run|a.nodb").holders.first?.owner == nil)
    }
  }

  @Test func `locks.K3 a name that is none of theirs is refused, and says how one looks`()
    async throws
  {
    let locker = try TestLocker(server, .nodb)
    for name in ["climate.nodb", "|a", "run|", "a:b|c"] {
      let error = #expect(throws: LockRefusal.self) { try locker.ask(try LockName(name)) }
      #expect("\(error.map { "\($0)" } ?? "")".contains("RUNID|RELPATH"))
    }
  }
}
