import Interlock
import InterlockLocks
import InterlockRedis
import InterlockTestKit
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct QuorumConformanceTests {
  @Test(arguments: LockConformance.exclusiveChecks)
  func `conformance of three servers that vote`(_ check: LockConformance.Check) async throws {
    let fleet = try QuorumFleet()
    try await check.run(LockWorld { try await fleet.settledLocker().backend })
    withExtendedLifetime(fleet) {}
  }

  @Test(arguments: [LockMode.shared, .permits(1, of: 2)])
  func `what is not exclusive is refused, with the way out`(_ mode: LockMode) async throws {
    let fleet = try QuorumFleet()
    let locker = try fleet.locker()
    do {
      _ = try locker.ask(mode: mode)
      Issue.record("\(mode) was not refused")
    } catch LockRefusal.failed(let error) {
      guard case .invalidOption(let fault) = error.reason else {
        Issue.record("\(error)")
        return
      }
      #expect(fault.contains("\(mode)") && fault.contains("redis://"))
    }
    let held = try await locker.hold()
    await #expect(throws: LockError.self) {
      try await locker.backend.convert(held.token, of: "x", to: .shared)
    }
    #expect(try await held.release())
  }
}
