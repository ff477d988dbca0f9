import Interlock
import Testing

@testable import InterlockRadio

@Suite struct SlotHeapTests {
  @Test(arguments: UInt64(0)..<20)
  func `random insertions, moves and removals keep the smallest at hand`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var heap = SlotHeap<Int>()
    var model: [Int: Int] = [:]
    for step in 0..<2000 {
      let slot = Int.random(in: 0..<50, using: &random)
      if Int.random(in: 0..<3, using: &random) == 0 {
        heap.remove(slot)
        model[slot] = nil
      } else {
        let key = Int.random(in: 0..<1000, using: &random)
        heap.insert(slot, key: key)
        model[slot] = key
      }
      #expect(heap.count == model.count, "seed \(seed), step \(step)")
      #expect(heap.first?.key == model.values.min(), "seed \(seed), step \(step)")
      #expect(
        heap.first.flatMap { model[$0.slot] } == heap.first?.key, "seed \(seed), step \(step)")
      #expect(heap.contains(slot) == (model[slot] != nil), "seed \(seed), step \(step)")
    }
  }

  @Test func `a histogram counts each duration once, at the bound below its bucket's end`() {
    var histogram = DurationHistogram()
    for duration in [Duration.zero, .microseconds(1), .milliseconds(1), .seconds(60), .seconds(61)]
    {
      histogram.record(duration)
    }
    #expect(histogram.count == 5)
    #expect(histogram.counts.first == 1)
    #expect(histogram.counts[1] == 2)
    #expect(histogram.counts[DurationHistogram.bounds.count - 1] == 1)
    #expect(histogram.counts.last == 1)
    #expect(histogram.sum == .seconds(121) + .microseconds(1001))
    #expect(DurationHistogram.bounds == DurationHistogram.bounds.sorted())
  }
}
