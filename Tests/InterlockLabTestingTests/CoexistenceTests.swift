import Foundation
import InterlockLab
import InterlockLabTesting
import Testing

/// Explored tests, tests that explore, and tests that know nothing of labs, in parallel in one process (lab.L-11).
@Suite struct CoexistenceTests {
  @Test(.explored(schedules: 200), arguments: 0..<8)
  func `lab.L-11 an explored test`(_ number: Int) async throws {
    let start = ContinuousClock.now
    #expect(await twoIncrements(isCareful: true) == 2)
    try await Task.sleep(for: .seconds(number + 1))
    #expect(ContinuousClock.now - start == .seconds(number + 1))
  }

  @Test(.fails(telling: "(value → 1) == 2"), .explored(schedules: 200), arguments: 0..<8)
  func `lab.L-11 an explored test that fails`(_ number: Int) async throws {
    let value = await twoIncrements(isCareful: false)
    #expect(value == 2)
  }

  @Test(arguments: 0..<8) func `lab.L-11 a test that explores`(_ seed: Int) async throws {
    try await Self.exploreBoth(seed: UInt64(seed) * 1000)
  }

  // The ordinary tests' own sleeps are real: that they are is what is tried.
  @Test(arguments: 0..<8) func `lab.L-11 an ordinary test`(_ number: Int) async throws {
    #expect(Lab.current == nil)
    try await Self.workInRealTime()
  }

  @MainActor @Test func `lab.L-11 an ordinary test of the main actor`() async throws {
    MainActor.assertIsolated()
    try await Task.sleep(for: .milliseconds(1))
    MainActor.assertIsolated()
    try await Self.exploreBoth(seed: 1)
    MainActor.assertIsolated()
  }

  @Test func `lab.L-11 what fails in a lab is the issue of the test around it`() async throws {
    let test = try #require(Test.current)
    let issues = try await IssueLog.collect {
      try await Lab.explore(.random(schedules: 5, seed: 1)) { _ in
        await Task {
          await Task.yield()
          if Test.current == test { Issue.record("here") } else { Issue.record("elsewhere") }
        }.value
      }
    }
    // In each schedule, and in the one that is run twice.
    #expect(issues.map { $0.comments.map(\.rawValue) } == Array(repeating: ["here"], count: 6))
  }

  @Test func `lab.L-11 the caller's task is itself again after a lab`() async throws {
    let before = withUnsafeCurrentTask { $0?.hashValue }
    try await Lab.explore(.random(schedules: 5, seed: 1)) { _ in await Task.yield() }
    #expect(withUnsafeCurrentTask { $0?.hashValue } == before)
    try await Task.sleep(for: .milliseconds(1))
    #expect(Lab.current == nil)
  }

  // MARK: What they do

  static func exploreBoth(seed: UInt64) async throws {
    try await Lab.explore(.random(schedules: 300, seed: seed)) { lab in
      lab.check(await twoIncrements(isCareful: true) == 2, "an update was lost")
    }
    await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 300, seed: seed)) { lab in
        lab.check(await twoIncrements(isCareful: false) == 2, "an update was lost")
      }
    }
  }

  /// Tasks, actors and sleeps of the usual runtime: none of it may end up in a lab.
  static func workInRealTime() async throws {
    // A lab's wall clock stands at the first of January 2026, and its steps take no time.
    let (start, wall) = (ContinuousClock.now, Date())
    let counter = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          for _ in 0..<100 {
            await counter.increment()
            await Task.yield()
          }
          try await Task.sleep(for: .milliseconds(1))
          await Task { await counter.increment() }.value
          await Task.detached { await counter.increment() }.value
        }
      }
      try await group.waitForAll()
    }
    #expect(await counter.value == 20 * 102)
    #expect(ContinuousClock.now - start >= .milliseconds(1))
    #expect(Date().timeIntervalSince(wall) >= 0.001)
    #expect(time(nil) >= Int(wall.timeIntervalSince1970))
  }
}
