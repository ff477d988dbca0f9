import Interlock
import InterlockModems
import InterlockRadio
import Testing

@Suite struct EventQueueTests {
  @Test func `a receiver that does not keep up is told how many it lost, frames apart`() {
    var queue = EventQueue()
    let frame = ReceivedFrame(bytes: [1], snrQuarterDB: nil, rssiDBm: nil, receivedAt: .origin)
    for count in 0..<EventQueue.capacity { queue.append(.noiseFloor(dBm: -count)) }
    for _ in 0..<4 { queue.append(.received(frame)) }
    queue.append(.noiseFloor(dBm: 0))
    let events = queue.takeAll()
    #expect(events.count == EventQueue.capacity + 1)
    #expect(events.first == .noiseFloor(dBm: 0))
    #expect(events.last == .lost(frames: 4, others: 1))
    queue.append(.noiseFloor(dBm: 1))
    #expect(queue.takeAll() == [.noiseFloor(dBm: 1)], "what was told is not told again")
  }
}
