import InterlockLab
import Testing

/// One task must come just when another has done so many steps, with two more about: no strategy is best for
/// this and for short bodies alike.
@Suite struct LateVictimTests {
  private actor Deep {
    private var done = 0
    private(set) var isFound = false
    private let late: Int
    init(late: Int) { self.late = late }
    func step() { done += 1 }
    func look() { if done >= late, done < late + 2 { isFound = true } }
  }

  private static func body(late: Int) -> @Sendable (Lab) async throws -> Void {
    { lab in
      let deep = Deep(late: late)
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "long") {
          for _ in 0..<(late + 4) {
            await deep.step()
            await Task.yield()
          }
        }
        for _ in 0..<2 { group.addTask { await Task.yield() } }
        group.addTask(name: "victim") { await deep.look() }
      }
      lab.check(await !deep.isFound, "found")
    }
  }

  /// Failures in 20 000 schedules, for a victim that comes after eight steps; rare ones are counted in all of them.
  static let expected: [(plan: Plan, failures: ClosedRange<Int>)] = [
    (.random(schedules: 4000, seed: 0), 0...5),
    (.pct(depth: 2, schedules: 4000, seed: 0), 867...1609),
    (.pct(depth: 3, schedules: 4000, seed: 0), 853...1585),
    (.partialOrder(schedules: 20_000, seed: 0), 122...228),
    (.uniform(schedules: 4000, seed: 0), 3047...5659),
  ]

  @Test func `lab.L-9 each strategy finds a late victim as often as its paper lets expect`() async {
    for (plan, failures) in Self.expected {
      let statistics = await Lab.measure(plan, Self.body(late: 8))
      let found = statistics.failures * 20_000 / statistics.schedules
      #expect(failures.contains(found), "\(found) of 20 000, not \(failures)")
    }
  }
}
