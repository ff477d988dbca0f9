import InterlockLab
import InterlockLabTesting
import InterlockLocks
import InterlockTestKit
import TestSupport
import Testing

@Suite(.tags(.race)) struct InProcessConformanceTests {
  @Test(.explored(.random(schedules: 10)), arguments: LockConformance.checks.indices)
  func `the locks of one process keep what every backend promises`(_ index: Int) async throws {
    let check = LockConformance.checks[index]
    let backend = InProcessBackend()
    do {
      try await check.run(LockWorld { backend })
    } catch {
      Lab.current?.check(false, "\(check): \(error)")
    }
    Lab.current?.check(backend.count == 0, "\(check): entries do not vanish when idle")
  }
}
