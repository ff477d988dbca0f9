import InterlockModems
import InterlockRadio
import Testing

@Suite struct EventQueueTests {
  @Test func `a receiver that does not keep up is told how many it lost, each time`() {
    var queue = EventQueue()
    for count in 0..<EventQueue.capacity + 4 { queue.append(.noiseFloor(dBm: -count)) }
    let events = queue.takeAll()
    #expect(events.count == EventQueue.capacity + 1)
    #expect(events.first == .noiseFloor(dBm: 0))
    guard case .notice(let level, let text) = events.last else {
      Issue.record("\(String(describing: events.last))")
      return
    }
    #expect(level == .error && text.hasPrefix("4 modem events dropped"), "\(text)")
    queue.append(.noiseFloor(dBm: 1))
    #expect(queue.takeAll() == [.noiseFloor(dBm: 1)], "what was told is not told again")
  }
}
