import Testing

@testable import InterlockLab

/// What a search remembers of where it was.
@Suite struct ConfigurationTests {
  private func configuration(_ placed: Set<Int>, of count: Int, state: Int = 0) -> Configuration {
    var set = OperationSet(count: count)
    for number in placed { set.insert(number) }
    let gap = (0..<count).first { !placed.contains($0) } ?? count - 1
    return Configuration(set, gap: gap, highest: placed.max() ?? -1, state: state)
  }

  @Test(arguments: [1, 64, 65, 200, 300])
  func `two configurations are equal if and only if the same is placed and the state is`(count: Int)
  {
    for seed: UInt64 in 0..<200 {
      var generator = SplitMix(seed)
      // Full up to somewhere, and sparse from there on; never all.
      let full = generator.below(count)
      let above = full + 1..<count
      var placed = Set(0..<full).union(above.filter { _ in generator.below(8) == 0 })
      let before = configuration(placed, of: count)
      #expect(configuration(placed, of: count) == before, "seed \(seed)")
      #expect(configuration(placed, of: count, state: 1) != before, "seed \(seed)")
      guard !above.isEmpty else { continue }
      let number = above.lowerBound + generator.below(above.count)
      if placed.remove(number) == nil { placed.insert(number) }
      #expect(configuration(placed, of: count) != before, "seed \(seed): \(number)")
    }
  }

  @Test func `what was taken out of a set leaves no trace`() {
    var set = OperationSet(count: 130)
    for number in [0, 63, 64, 129] { set.insert(number) }
    for number in [0, 64, 129] { set.remove(number) }
    #expect(set.bits(from: 0) == 1 << 63)
    #expect(set.bits(from: 63) == 1)
    #expect(set.bits(from: 64) == 0)
    #expect(set.bits(from: 128) == 0)
  }
}
