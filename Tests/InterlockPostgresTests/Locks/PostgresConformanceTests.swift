import Interlock
import InterlockLocks
import InterlockPostgres
import InterlockTestKit
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10)))
struct PostgresConformanceTests {
  @Test(arguments: LockConformance.checks)
  func conformance(_ check: LockConformance.Check) async throws {
    let server = try LocalPostgres()
    try await check.run(LockWorld { try server.backend() })
    withExtendedLifetime(server) {}
  }
}
