import Interlock
import InterlockLocks
import InterlockTestKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct InProcessConformanceTests {
  @Test(arguments: LockConformance.checks)
  func conformance(_ check: LockConformance.Check) async throws {
    let backend = InProcessBackend()
    try await check.run(LockWorld { backend })
    #expect(backend.count == 0, "entries vanish when idle")
  }
}
