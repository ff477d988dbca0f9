import Interlock
import InterlockLocks
import InterlockPostgres
import TestSupport
import Testing

/// What happens to a database and its connections; the acceptance list's numbers stand in front.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct PostgresFaultTests {
  /// The process that serves whoever holds a lock.
  private static let holdersProcess = """
    SELECT pid FROM pg_locks JOIN interlock.holder
      ON session = (classid::bigint << 32) | objid::bigint WHERE locktype = 'advisory' AND granted
    """

  private func hold(_ backend: PostgresLockBackend, _ name: LockName = "x") async throws -> Asked {
    let asked = try Asked(backend, name)
    _ = try await asked.grant()
    return asked
  }

  @Test
  func `locks.F1 when the holder's connection ends the next one has it, long before the term ends`()
    async throws
  {
    let server = try LocalPostgres()
    let (a, b) = (try server.backend(), try server.backend())
    let first = try await hold(a)
    let fence = try await first.grant().fence
    let second = try Asked(b, "x")
    try await eventually { try await b.record(of: "x").waiters.count == 1 }
    // As the end of its process is seen by the server.
    try server.psql("SELECT pg_terminate_backend(pid) FROM (\(Self.holdersProcess)) holders")
    #expect(try await second.grant().fence > fence)
    #expect(try await first.lost() == .disconnected)
  }

  @Test func `locks.F17 what a server that crashed had given is lost, and fences grow`()
    async throws
  {
    let server = try LocalPostgres()
    let backend = try server.backend()
    let first = try await hold(backend)
    let fence = try await first.grant().fence
    server.kill()
    #expect(try await first.lost() == .disconnected)
    try server.start()
    let second = try await hold(backend)
    #expect(try await second.grant().fence > fence)
    #expect(try await second.release())
  }

  @Test func `locks.F17 who waits keeps its place over a restart of the server`() async throws {
    let server = try LocalPostgres()
    let (a, b) = (try server.backend(), try server.backend())
    let held = try await hold(a)
    let second = try Asked(b, "x")
    try await eventually { try await b.record(of: "x").waiters.count == 1 }
    let third = try Asked(b, "x")
    try await eventually { try await b.record(of: "x").waiters.count == 2 }
    server.shutDown()
    #expect(try await held.lost() == .disconnected)
    try server.start()
    _ = try await second.grant()
    #expect(!third.isAnswered)
    #expect(try await second.release())
    _ = try await third.grant()
  }

  @Test func `locks.F17 a failover ends what was held, and fences grow`() async throws {
    let primary = try LocalPostgres()
    // Whatever is to be there is, before the copy is made.
    _ = try await hold(try primary.backend(), "y").release()
    let standby = try LocalPostgres(replicaOf: primary)
    let both = try PostgresURL(
      "postgres://postgres@127.0.0.1:\(primary.port),127.0.0.1:\(standby.port)/postgres"
        + "?target_session_attrs=read-write")
    let backend = try PostgresLockBackend(both)
    let first = try await hold(backend)
    let fence = try await first.grant().fence
    try await eventually("the fence has arrived") {
      try standby.psql("SELECT fence FROM interlock.lock WHERE name = 'x'") == "\(fence)"
    }
    primary.kill()
    #expect(try await first.lost() == .disconnected)
    #expect(try standby.psql("SELECT pg_promote()") == "t")
    let second = try await hold(backend)
    #expect(try await second.grant().fence > fence)
    #expect(try await backend.record(of: "x").holders.map(\.token) == [second.token.text])
  }

  @Test func `locks.F17 a transaction that has checked the fence ends before another grant`()
    async throws
  {
    let server = try LocalPostgres()
    let (a, b) = (try server.backend(), try server.backend())
    let first = try await hold(a, "it's a name")
    let fence = try await first.grant().fence
    try server.psql("CREATE TABLE thing (n integer); INSERT INTO thing VALUES (0)")
    let writer = try server.session()
    _ = writer("BEGIN")
    #expect(writer("SELECT interlock.check_fence('it''s a name', \(fence))") == "")
    // The holder is gone, and the writer does not know.
    #expect(try await first.release())
    let second = try Asked(b, "it's a name")
    // It is in line, and nobody holds the lock: the transaction does.
    try await eventually { try await b.record(of: "it's a name").waiters.count == 1 }
    #expect(try await b.record(of: "it's a name").holders.isEmpty)
    _ = writer("UPDATE thing SET n = n + 1")
    #expect(!second.isAnswered)
    _ = writer("COMMIT")
    #expect(try await second.grant().fence > fence)
    // From now on it is too late.
    _ = writer("BEGIN")
    let refused = writer("SELECT interlock.check_fence('it''s a name', \(fence))")
    #expect(refused.contains("the lock it's a name is not held under the fence \(fence)"))
    #expect(writer("COMMIT").isEmpty)
    #expect(try server.psql("SELECT n FROM thing") == "1")
  }

  @Test func `locks.F17 nobody is forced out while a transaction has checked its fence`()
    async throws
  {
    let server = try LocalPostgres()
    let (a, b) = (try server.backend(), try server.backend())
    let first = try await hold(a)
    let fence = try await first.grant().fence
    let writer = try server.session()
    _ = writer("BEGIN")
    _ = writer("SELECT interlock.check_fence('x', \(fence))")
    let error = await #expect(throws: LockError.self) {
      try await b.forceUnlock("x", expecting: nil, by: "me", reason: "")
    }
    #expect("\(error as Any)".contains("a transaction that has checked the fence of x goes on"))
    #expect(try await b.record(of: "x").holders.count == 1)
    _ = writer("COMMIT")
    let ended = try await b.forceUnlock("x", expecting: nil, by: "me", reason: "why not")
    #expect(ended.map(\.fence) == [fence])
    #expect(try await first.lost() == .revoked(by: "me", reason: "why not"))
    _ = writer("BEGIN")
    #expect(writer("SELECT interlock.check_fence('x', \(fence))").contains("is not held"))
  }

  @Test func `a database that is no more, or has no such user, is named with what it said`()
    async throws
  {
    let server = try LocalPostgres()
    for (url, part) in [
      ("postgres://postgres@127.0.0.1:\(server.port)/nowhere", "\"nowhere\" does not exist"),
      ("postgres://nobody@127.0.0.1:\(server.port)/postgres", "\"nobody\" does not exist"),
      ("postgres://postgres@127.0.0.1:\(try LoopbackPort.free())/postgres", "refused"),
    ] {
      let backend = try PostgresLockBackend(PostgresURL(url))
      let refusal = try await Asked(backend, "x").failure()
      #expect(refusal.contains(part), "\(refusal)")
      #expect(refusal.contains("the lock 'x' cannot be reached at \(url)"), "\(refusal)")
    }
  }

  @Test func `a user who may not create what is needed is told, and one may use what is there`()
    async throws
  {
    let server = try LocalPostgres()
    try server.psql("CREATE USER plain; REVOKE CREATE ON DATABASE postgres FROM PUBLIC")
    let url = try PostgresURL("postgres://plain@127.0.0.1:\(server.port)/postgres")
    let failure = try await Asked(try PostgresLockBackend(url), "x").failure()
    #expect(failure.contains("permission denied for database postgres"), "\(failure)")
    _ = try await hold(try server.backend(), "y")
    try server.psql(
      "GRANT USAGE ON SCHEMA interlock TO plain; GRANT ALL ON ALL TABLES IN SCHEMA interlock TO plain"
    )
    _ = try await hold(try PostgresLockBackend(url), "x")
  }

  @Test
  func `names that nobody has used for a month are forgotten, and their fences go on growing`()
    async throws
  {
    let server = try LocalPostgres()
    let backend = try server.backend()
    _ = try await hold(backend, "held")
    let old = "(interlock.micros() - 2592000000001)"
    try server.psql("UPDATE interlock.lock SET fence = \(old)")
    try server.psql(
      "INSERT INTO interlock.lock VALUES ('idle', \(old)), ('raised', 4611686018427387904)")
    #expect(try server.psql("SELECT interlock.sweep()") == "1")
    #expect(
      try server.psql("SELECT string_agg(name, ' ' ORDER BY name) FROM interlock.lock")
        == "held raised")
    #expect(try await hold(backend, "idle").grant().fence > Fence(1_700_000_000_000_000))
  }

  @Test func `what a later program made is left alone`() async throws {
    let server = try LocalPostgres()
    _ = try await hold(try server.backend())
    try server.psql(
      "CREATE OR REPLACE FUNCTION interlock.version() RETURNS integer LANGUAGE sql AS 'SELECT 99'")
    let failure = try await Asked(try server.backend(), "y").failure()
    #expect(failure.contains("its schema interlock has version 99"), "\(failure)")
  }

  @Test func `locks.F13 a server that does not write is one that cannot be locked on`()
    async throws
  {
    let server = try LocalPostgres()
    _ = try await hold(try server.backend(), "y").release()
    try server.psql("ALTER SYSTEM SET default_transaction_read_only = on")
    try server.psql("SELECT pg_reload_conf()")
    try await eventually { try server.psql("SHOW default_transaction_read_only") == "on" }
    let failure = try await Asked(try server.backend(), "x").failure()
    #expect(failure.contains("is read-only"), "\(failure)")
  }
}
