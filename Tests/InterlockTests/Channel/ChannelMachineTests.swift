import Interlock
import Testing

/// A channel machine and, next to it, arrays that do the same.
private struct ChannelModel {
  let capacity: Int
  var machine: ChannelMachine<Int>
  var buffer: [Int] = []
  var senders: [(ticket: Ticket, element: Int)] = []
  var receivers: [Ticket] = []
  var finished = false
  var nextElement = 0
  var delivered: [Int] = []
  var accepted: [Int] = []

  init(capacity: Int) {
    self.capacity = capacity
    machine = ChannelMachine(capacity: capacity)
  }

  mutating func step(_ pick: (Int) -> Int) throws {
    switch pick(6) {
    case 0, 1: try offer(waiting: pick(2) == 0)
    case 2: try receive()
    case 3 where !senders.isEmpty:
      let (ticket, _) = senders.remove(at: pick(senders.count))
      let taken = machine.cancelSend(ticket)
      let again = machine.cancelSend(ticket)
      try #require(taken && !again)
    case 4 where !receivers.isEmpty:
      let ticket = receivers.remove(at: pick(receivers.count))
      let taken = machine.cancelReceive(ticket)
      let again = machine.cancelReceive(ticket)
      try #require(taken && !again)
    case 5:
      finished = true
      let waiters = machine.finish()
      try #require(waiters.receivers == receivers && waiters.senders == senders.map(\.ticket))
      (receivers, senders) = ([], [])
    default: break
    }
  }

  private mutating func offer(waiting: Bool) throws {
    nextElement += 1
    switch machine.offer(nextElement) {
    case .finished:
      try #require(finished)
    case .delivered(let receiver):
      try #require(!finished && !receivers.isEmpty && receiver == receivers.removeFirst())
      accepted.append(nextElement)
      delivered.append(nextElement)
    case .buffered:
      try #require(!finished && receivers.isEmpty && buffer.count < capacity)
      buffer.append(nextElement)
      accepted.append(nextElement)
    case .full:
      try #require(!finished && buffer.count == capacity)
      if waiting { senders.append((machine.waitToSend(nextElement), nextElement)) }
    }
  }

  private mutating func receive() throws {
    switch machine.receive() {
    case .element(let element, let accepts):
      try #require(!buffer.isEmpty && element == buffer.removeFirst())
      delivered.append(element)
      try #require(accepts == senders.first?.ticket)
      guard !senders.isEmpty else { return }
      let next = senders.removeFirst().element
      buffer.append(next)
      accepted.append(next)
    case .empty:
      try #require(buffer.isEmpty && !finished)
      receivers.append(machine.waitToReceive())
    case .finished:
      try #require(buffer.isEmpty && finished)
    }
  }

  func check() throws {
    let statistics = machine.statistics
    try #require(statistics.sent == statistics.received + statistics.buffered)
    try #require(statistics.sent == accepted.count && statistics.received == delivered.count)
    try #require(statistics.buffered == buffer.count && buffer.count <= capacity)
    try #require(statistics.waitingSenders == senders.count)
    try #require(statistics.waitingReceivers == receivers.count)
    // Every element taken is delivered once, in the order in which it was taken.
    try #require(accepted == delivered + buffer)
  }
}

@Suite struct ChannelMachineTests {
  @Test(arguments: [1, 2])
  func `every sequence of six steps agrees with arrays`(capacity: Int) throws {
    var choices = Choices()
    var worlds = 0
    while choices.advance() {
      worlds += 1
      var model = ChannelModel(capacity: capacity)
      do {
        for _ in 0..<6 { try model.step { choices.pick($0) } }
        try model.check()
      } catch {
        Issue.record("capacity \(capacity), choices \(choices.trail): \(error)")
        return
      }
    }
    #expect(worlds > 50_000)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `long random sequences agree with arrays`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var model = ChannelModel(capacity: .random(in: 1...5, using: &generator))
    for step in 0..<400 {
      do {
        // Finishing is rare, or there would be little to see.
        try model.step { bound in
          let pick = Int.random(in: 0..<bound, using: &generator)
          return bound == 6 && pick == 5 && step < 300 ? 2 : pick
        }
        try model.check()
      } catch {
        Issue.record("seed \(seed), step \(step): \(error)")
        return
      }
    }
  }
}
