import Interlock
import Testing

@Suite struct TicketQueueTests {
  @Test func `a ticket whose slot is in use again names nothing`() {
    var queue = TicketQueue<String>()
    let old = queue.append("old")
    #expect(queue.remove(old) == "old")
    let new = queue.append("new")
    #expect(queue[old] == nil)
    #expect(queue.remove(old) == nil)
    queue.update(old, to: "resurrected")
    queue.leaveLine(old)
    #expect(queue.position(of: old) == nil)
    #expect(queue[new] == "new")
    #expect(queue.position(of: new) == 0)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `it agrees with an array, whatever joins and leaves`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var queue = TicketQueue<Int>()
    var line: [(Ticket, Int)] = []
    var aside: [(Ticket, Int)] = []
    for value in 0..<300 {
      switch Int.random(in: 0..<5, using: &generator) {
      case 0, 1: line.append((queue.append(value), value))
      case 2: aside.append((queue.insert(value), value))
      case 3 where !line.isEmpty:
        let (ticket, value) = line.remove(at: .random(in: 0..<line.count, using: &generator))
        queue.leaveLine(ticket)
        aside.append((ticket, value))
      case 4 where !line.isEmpty && !aside.isEmpty:
        let inLine = Bool.random(using: &generator)
        let index = Int.random(in: 0..<(inLine ? line : aside).count, using: &generator)
        let (ticket, value) = inLine ? line.remove(at: index) : aside.remove(at: index)
        #expect(queue.remove(ticket) == value, "seed \(seed)")
      default: break
      }
      #expect(queue.lineCount == line.count, "seed \(seed)")
      #expect(queue.first == line.first?.0, "seed \(seed)")
      for (position, (ticket, value)) in line.enumerated() {
        #expect(queue.position(of: ticket) == position, "seed \(seed)")
        #expect(queue[ticket] == value)
      }
      for (ticket, value) in aside {
        #expect(queue.position(of: ticket) == nil, "seed \(seed)")
        #expect(queue[ticket] == value)
      }
    }
  }
}
