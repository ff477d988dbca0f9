import InterlockLab
import Testing

/// The runtime keeps the task of an `async let` in the frame of its parent, and gives that memory to others when
/// the task has ended.
@Suite struct AsyncLetTests {
  private static func one() async -> Int {
    await Task.yield()
    return 1
  }

  private static func two() async -> Int {
    async let first = one()
    async let second = one()
    return await first + second
  }

  /// Writes over what lay where the tasks were.
  private static func fill(_ depth: Int) async -> Int {
    let numbers = (0..<32).map { $0 * depth }
    await Task.yield()
    return depth == 0 ? numbers.count : await fill(depth - 1)
  }

  @Test(arguments: [Plan.random(schedules: 200), .portfolio(schedules: 200)])
  func `one that has ended is not left behind, whatever lies there now`(_ plan: Plan) async throws {
    try await Lab.explore(plan) { lab in
      for _ in 0..<3 {
        let sum = await Self.two()
        lab.check(sum == 2, "\(sum)")
        _ = await Self.fill(8)
        try await Task.sleep(for: .seconds(1))
      }
    }
  }

  @Test func `each has a number of its own, though they come to lie in the same place`()
    async throws
  {
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 1)) { lab in
        _ = await Self.two()
        _ = await Self.two()
        lab.check(false, "to see the trace")
      }
    }
    #expect(failure?.report.trace?.tasks.count == 5)
  }
}
