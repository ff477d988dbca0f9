import Testing

@testable import InterlockLab

/// A schedule is made small only as far as it still shows the same defect.
@Suite struct LikenessTests {
  @Test func `numbers in a message make no difference, words do`() {
    #expect(
      Likeness(.failed("loaded 2 times")) == Likeness(.failed("loaded 13 times")))
    #expect(
      Likeness(.failed("received [0, 11]")) == Likeness(.failed("received []")))
    #expect(Likeness(.failed("loaded 2 times")) != Likeness(.failed("loaded twice")))
    #expect(Likeness(.failed("passed")) != Likeness(.passed))
    #expect(Likeness(.stepLimit(10)) == Likeness(.livelock(steps: 20, cycle: ["main"])))
  }

  @Test func `a failure does not become another while it is made small`() async throws {
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let order = Locked<[Int]>([])
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<3 {
          group.addTask {
            await Task.yield()
            order.change { $0.append(number) }
          }
        }
      }
      // The default schedule fails as well, and needs nothing.
      lab.check(order.value != [2, 0, 1], "overtaken by 2")
      lab.check(order.value != [0, 1, 2], "in order")
    }
    let kept = try #require(
      await found("overtaken by 2", body), "no seed finds the rare failure first")
    let schedule = try #require(kept.schedule)
    #expect(!schedule.contains("//"))
    #expect(try await Lab.replay(schedule, body).outcome == .failed("overtaken by 2"))
  }

  /// The report of the first seed whose schedule was found to fail so.
  private func found(
    _ message: String, _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async -> Report? {
    for seed in 0..<200 as Range<UInt64> {
      do {
        try await Lab.explore(.random(schedules: 1, seed: seed), body)
      } catch {
        let original = error.report.found ?? error.report.outcome
        if original == .failed(message) { return error.report }
      }
    }
    return nil
  }
}
