import Dispatch
import InterlockLab
import XCTest

/// The older library's tests next to the others (lab.L-11).
final class CoexistenceXCTests: XCTestCase {
  func testWhatAwaits() async throws {
    try await exploreBoth()
    try await CoexistenceTests.workInRealTime()
    try await exploreBoth()
  }

  func testWhatBlocksItsThread() {
    let done = DispatchSemaphore(value: 0)
    Task.detached { @Sendable in
      defer { done.signal() }
      do { try await exploreBoth() } catch { XCTFail("\(error)") }
    }
    done.wait()
  }
}

private func exploreBoth() async throws {
  try await Lab.explore(.random(schedules: 300, seed: 1)) { lab in
    lab.check(await twoIncrements(isCareful: true) == 2, "an update was lost")
  }
  do throws(LabFailure) {
    try await Lab.explore(.random(schedules: 300, seed: 1)) { lab in
      lab.check(await twoIncrements(isCareful: false) == 2, "an update was lost")
    }
    XCTFail("no schedule lost an update")
  } catch {
    XCTAssertEqual(error.report.outcome, .failed("an update was lost"))
  }
}
