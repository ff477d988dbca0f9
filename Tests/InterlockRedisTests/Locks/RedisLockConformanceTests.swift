import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import InterlockTestKit
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RedisLockConformanceTests {
  @Test(arguments: LockConformance.checks)
  func conformance(_ check: LockConformance.Check) async throws {
    let server = try LocalRedis()
    try await check.run(LockWorld { try TestLocker(server).backend })
    withExtendedLifetime(server) {}
  }

  /// A reactor, a format of other software, and its key: everything else is the same.
  @Test(arguments: LockConformance.checks)
  func `conformance of the form that redis-py has`(_ check: LockConformance.Check) async throws {
    let server = try LocalRedis()
    try await check.run(LockWorld { try TestLocker(server, .redisPy).backend })
    withExtendedLifetime(server) {}
  }
}
