import Foundation
import Glibc
import Interlock
import InterlockRadio
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockNode

@Suite struct LedgerStoreTests {
  @Test(arguments: [EACCES, EPERM])
  func `a ledger this user may not read ends the start and is not replaced`(number: CInt) {
    let error = SystemError("open", "/var/lib/interlock/airtime.ledger", number: number)
    let refusal = LedgerStore.refusal(of: error)
    #expect(refusal?.kind == .notPermitted)
    #expect(refusal?.what.contains("/var/lib/interlock/airtime.ledger") == true)
    #expect(refusal?.remedy.contains("left as it is") == true)
    #expect(LedgerStore.refusal(of: SystemError("read", "x", number: EIO)) == nil)
  }

  @Test func `a damaged ledger counts as spent`() async throws {
    let folder = try TemporaryDirectory()
    let path = "\(folder.path)/airtime.ledger"
    try Data("nonsense".utf8).write(to: URL(filePath: path))
    let policy = DutyCyclePolicy.windows(
      [RollingBudget.Limit(window: .seconds(60), allowance: .seconds(1))], name: "test")
    let store = LedgerStore(path: path, clock: SystemClock(), report: { _ in })
    var ledger = try await store.load(policy: policy)
    guard case .notBefore = ledger.reserve(.milliseconds(1), share: .full, at: SystemClock().now)
    else {
      Issue.record("a damaged ledger granted airtime")
      return
    }
  }
}
