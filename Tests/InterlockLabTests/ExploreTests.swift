import InterlockLab
import Testing

private actor Counter {
  var value = 0
  func set(_ new: Int) { value = new }
}

@Suite struct ExploreTests {
  @Test func `a lost update between two awaits is found, and replays`() async throws {
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let counter = Counter()
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            let value = await counter.value
            await counter.set(value + 1)
          }
        }
      }
      lab.check(await counter.value == 2, "an update was lost")
    }
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 1000, seed: 0), body)
    }
    let report = try #require(failure?.report)
    #expect(report.outcome == .failed("an update was lost"))
    let replayed = try await Lab.replay(try #require(report.schedule), body)
    #expect(replayed.outcome == report.outcome)
  }
}
