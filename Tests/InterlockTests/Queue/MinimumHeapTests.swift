import Interlock
import Testing

@Suite struct MinimumHeapTests {
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `elements come out sorted, however insertions and removals mix`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let initial = (0..<Int.random(in: 0..<20, using: &generator)).map { _ in
      Int.random(in: 0..<50, using: &generator)
    }
    var heap = MinimumHeap(initial)
    var model = initial.sorted()
    for _ in 0..<200 {
      if Bool.random(using: &generator) {
        let element = Int.random(in: 0..<50, using: &generator)
        heap.insert(element)
        model.append(element)
        model.sort()
      } else {
        #expect(heap.minimum == model.first, "seed \(seed)")
        #expect(heap.removeMinimum() == (model.isEmpty ? nil : model.removeFirst()))
      }
      #expect(heap.count == model.count)
      #expect(heap.isEmpty == model.isEmpty)
    }
  }
}
