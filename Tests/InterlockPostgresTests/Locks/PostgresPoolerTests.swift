import Foundation
import Glibc
import Interlock
import InterlockLocks
import InterlockPostgres
import TestSupport
import Testing

/// What stands between a client and its database.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct PostgresPoolerTests {
  @Test(arguments: ["transaction", "statement"])
  func `locks.F17 a pooler that takes sessions away is refused`(_ mode: String) async throws {
    let server = try LocalPostgres()
    let port = try LoopbackPort.free()
    let directory = try TemporaryDirectory()
    let settings = """
      [databases]
      postgres = host=127.0.0.1 port=\(server.port) dbname=postgres user=postgres
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = \(port)
      auth_type = any
      pool_mode = \(mode)
      unix_socket_dir =
      user = postgres
      ignore_startup_parameters = extra_float_digits
      """
    try settings.write(toFile: directory("pgbouncer.ini"), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path)
    let pooler = try Spawned(
      ["/usr/sbin/pgbouncer", "-q", directory("pgbouncer.ini")], log: directory("log"))
    try await eventually("the pooler listens") {
      let failure = try await Asked(try server.backend(port: port), "x").failure()
      if failure.contains("refused") { return false }
      #expect(failure.contains("a pooler stands between"), "\(failure)")
      return true
    }
    withExtendedLifetime(pooler) {}
    #expect(try server.psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'interlock'") == "0")
  }
}
