import InterlockLab
import Testing

/// Numbers of a body, made smaller while it still fails.
@Suite struct ParameterTests {
  private actor Counter {
    private(set) var value = 0
    func set(_ new: Int) { value = new }
  }

  /// So many clients each read, and write one more.
  private static func clients(
    _ range: ClosedRange<Int>, failing: @escaping @Sendable (_ lost: Int, _ clients: Int) -> Bool
  ) -> @Sendable (Lab) async throws -> Void {
    { lab in
      let counter = Counter()
      let clients = lab.parameter("clients", range)
      lab.check(lab.parameter("clients", range) == clients, "another number for the same name")
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<clients {
          group.addTask {
            let value = await counter.value
            await counter.set(value + 1)
          }
        }
      }
      let lost = clients - (await counter.value)
      lab.check(!failing(lost, clients), "\(lost) of \(clients) lost")
    }
  }

  @Test func `a failure is told with the fewest clients it needs, and replays`() async throws {
    let body = Self.clients(1...6) { lost, _ in lost > 0 }
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 1000, seed: 1), body)
    }
    let report = try #require(failure).report
    #expect(report.outcome == .failed("1 of 2 lost"))
    let schedule = try #require(report.schedule)
    #expect(schedule.contains("/p=2.clients"))
    let replayed = try await Lab.replay(schedule, body)
    #expect(replayed.outcome == report.outcome)
  }

  @Test func `what fails only with the most keeps the most`() async throws {
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(
        .random(schedules: 1000, seed: 1), Self.clients(1...4) { $0 > 0 && $1 == 4 })
    }
    let report = try #require(failure).report
    #expect(
      report.outcome == .failed("1 of 4 lost") || report.outcome == .failed("3 of 4 lost")
        || report.outcome == .failed("2 of 4 lost"))
    #expect(report.schedule?.contains("/p=") == false)
  }

  @Test func `a number out of its range is brought into it`() async throws {
    let report = try await Lab.replay("lab1/body///p=99.clients") { lab in
      lab.check(lab.parameter("clients", 2...5) == 5, "not the largest")
    }
    #expect(report.outcome == .passed)
  }
}
