import Interlock
import Testing

@Suite struct DequeTests {
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `it agrees with an array, whatever joins and leaves`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var deque = Deque<Int>()
    var model: [Int] = []
    for value in 0..<400 {
      if Int.random(in: 0..<400, using: &generator) < 150 + Int(seed) * 4 {
        deque.append(value)
        model.append(value)
      } else {
        #expect(deque.popFirst() == (model.isEmpty ? nil : model.removeFirst()), "seed \(seed)")
      }
      #expect(deque.first == model.first)
      #expect(deque.count == model.count)
      #expect(deque.isEmpty == model.isEmpty)
    }
  }
}
