import Testing

@testable import InterlockLabCLI

@Suite struct PartListTests {
  @Test(arguments: [1, 999, 1000, 1001, 12_345])
  func `the parts are the whole, and no seed is in two`(
    _ schedules: Int
  ) {
    let parts = PartList(.random, schedules: schedules, seed: 7, size: 1000)
    let all = (0..<parts.count).map { parts[$0] }
    #expect(all.reduce(0) { $0 + $1.schedules } == schedules)
    #expect(all.allSatisfy { (1...1000).contains($0.schedules) && $0.strategy == .random })
    var seed: UInt64 = 7
    for part in all {
      #expect(part.seed == seed)
      seed += UInt64(part.schedules)
    }
  }

  @Test func `the exhaustive beginning of a portfolio is in the first part only`() {
    let parts = PartList(.portfolio, schedules: 3000, seed: 0, size: 1000)
    #expect((0..<parts.count).map { parts[$0].strategy } == [.portfolio, .mixed, .mixed])
  }

  @Test func `what has no seeds is one part`() {
    let parts = PartList(.exhaustive(2), schedules: 1_000_000, seed: 0, size: 1000)
    #expect(parts.count == 1)
    #expect(parts[0].schedules == 1_000_000)
  }

  @Test(arguments: [
    "portfolio", "mixed", "random", "pct:3", "uniform", "pos", "exhaustive", "exhaustive:2",
    "reduced",
  ]) func `a strategy is written as it is read`(_ text: String) {
    #expect(StrategyOption(text)?.description == text)
  }
}
