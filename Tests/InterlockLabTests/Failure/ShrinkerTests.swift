import Testing

@testable import InterlockLab

@Suite struct ShrinkerTests {
  private func deviations(_ decisions: [Int]) -> [Deviation] {
    decisions.map { Deviation(decision: $0, choice: 1) }
  }

  private func schedule(_ decisions: [Int]) -> Schedule {
    Schedule(name: "a", build: "", deviations: deviations(decisions))
  }

  @Test(arguments: [[3], [3, 17], [0, 1, 2], [5, 20, 21, 39]])
  func `just what is needed is left`(_ needed: [Int]) {
    var shrinker = Shrinker { candidate in
      needed.allSatisfy { decision in candidate.deviations.contains { $0.decision == decision } }
    }
    #expect(shrinker.shrink(schedule(Array(0..<40))) == schedule(needed))
  }

  @Test func `a deviation moves to the earliest decision that still fails`() {
    var shrinker = Shrinker { ($0.deviations.first?.decision ?? 0) >= 4 }
    #expect(shrinker.shrink(schedule([9, 30])) == schedule([4]))
  }

  @Test func `a deviation moves later where that makes another needless`() {
    var shrinker = Shrinker { candidate in
      let decisions = candidate.deviations.map(\.decision)
      return decisions == [6]
        || decisions.count == 2 && (3...6).contains(decisions[0])
          && decisions[1] == 9
    }
    #expect(shrinker.shrink(schedule([4, 9])) == schedule([6]))
  }

  @Test func `where moving later spares nothing, the earliest stays`() {
    var shrinker = Shrinker { candidate in
      let decisions = candidate.deviations.map(\.decision)
      return decisions.count == 2 && decisions[0] >= 3 && decisions[1] == 9
    }
    #expect(shrinker.shrink(schedule([5, 9])) == schedule([3, 9]))
  }

  @Test func `faults go first, then slipping and sync points`() {
    var large = schedule([1, 2])
    large.faults = [.cancel(step: 1, task: 1), .crash(step: 2, process: "a")]
    large.time = .slipping(oneIn: 4)
    large.syncPoints = true
    var small = schedule([])
    small.faults = [.crash(step: 2, process: "a")]
    var shrinker = Shrinker { $0.faults.contains(.crash(step: 2, process: "a")) }
    #expect(shrinker.shrink(large) == small)
  }

  @Test func `no more candidates are tried than the budget allows`() {
    var tried = 0
    var shrinker = Shrinker { _ in
      tried += 1
      return false
    }
    shrinker.budget = 3
    _ = shrinker.shrink(schedule(Array(0..<100)))
    #expect(tried == 3)
  }
}
