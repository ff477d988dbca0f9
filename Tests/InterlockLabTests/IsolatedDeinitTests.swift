import InterlockLab
import Testing

/// An isolated `deinit` that waits for its actor is a step like any other.
@Suite struct IsolatedDeinitTests {
  private static func leavers(_ log: Locked<[String]>) -> @Sendable (Lab) async throws -> Void {
    { lab in
      log.change { $0 = [] }
      do { _ = (Leaver("a", log), Leaver("b", log), Leaver("c", log)) }
      try await Task.sleep(for: .seconds(1))
      lab.check(log.value != ["c", "a", "b"], "c, a, b")
    }
  }

  @Test func `every order of several is tried, and no other`() async throws {
    let log = Locked<[String]>([])
    let orders = Locked<Set<[String]>>([])
    let report = try await Lab.explore(.exhaustive(preemptions: nil)) { lab in
      log.change { $0 = [] }
      do { _ = (Leaver("a", log), Leaver("b", log), Leaver("c", log)) }
      try await Task.sleep(for: .seconds(1))
      orders.change { $0.insert(log.value) }
    }
    #expect(report.isComplete)
    #expect(orders.value.count == 6)
  }

  @Test(arguments: [
    Plan.random(schedules: 1000, seed: 0), .pct(depth: 3, schedules: 1000, seed: 0),
    .uniform(schedules: 1000, seed: 0), .partialOrder(schedules: 1000, seed: 0),
    .exhaustive(preemptions: nil, reduction: .isolation),
  ])
  func `an order that breaks something is found, and repeats`(_ plan: Plan) async throws {
    let log = Locked<[String]>([])
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(plan, Self.leavers(log))
    }
    let report = try #require(failure).report
    let schedule = try #require(report.schedule)
    let again = try await Lab.replay(schedule, Self.leavers(log))
    #expect(again.outcome == .failed("c, a, b"))
    #expect("\(try #require(again.trace))".contains("deinit of Leaver"))
  }
}

private final class Leaver: Sendable {
  private let name: String
  private let log: Locked<[String]>

  init(_ name: String, _ log: Locked<[String]>) {
    (self.name, self.log) = (name, log)
  }

  @MainActor deinit { log.change { $0.append(name) } }
}
