import Interlock
import InterlockMeshCore
import InterlockRadio
import Testing

@Suite struct RepeaterMachineTests {
  @Test func `radio.P3 a relayed frame has the payload, codes and hash size it came with`() throws {
    var random = TestRandom(seed: 11)
    let node = RepeaterFixture { $0.loopDetection = .off }
    var relayed = 0
    for _ in 0..<60_000 {
      var bytes = random.frame()
      // Half of the direct ones are for this node to pass on.
      if bytes.count > 3, bytes[0] & 3 == 2, Bool.random(using: &random) { bytes[2] = 0x51 }
      let verdict = node.hear(bytes: bytes)
      let frames = node.sent()
      #expect((verdict == .relayed) == !frames.isEmpty)
      guard verdict == .relayed, let heard = try? Packet(parsing: bytes) else { continue }
      relayed += 1
      for frame in frames {
        let sent = try Packet(parsing: frame.bytes)
        guard heard.payloadType != .acknowledgement, heard.payloadType != .multipart else {
          #expect(sent.route == .direct || heard.route.isFlood)
          continue
        }
        #expect(sent.payload == heard.payload)
        #expect(sent.header == heard.header)
        #expect(sent.transportCodes == heard.transportCodes)
        #expect(sent.pathField.hashSize == heard.pathField.hashSize)
        #expect(sent.serialized().count <= Packet.maximumFrameBytes)
      }
    }
    #expect(relayed > 1000)
  }

  @Test(arguments: [(63, 1), (32, 2), (21, 3)])
  func `radio.P4 a flood with a full path is refused`(hops: Int, size: Int) {
    let node = RepeaterFixture { $0.loopDetection = .off }
    let path = [UInt8](repeating: 9, count: hops * size)
    #expect(node.hear(RepeaterFixture.flood(path: path, hashSize: size)) == .dropped(.pathFull))
    #expect(node.sent().isEmpty)
  }

  @Test func `radio.P6 a direct packet overheard before our turn is relayed on our turn`() {
    let node = RepeaterFixture()
    let payload: [UInt8] = [1, 2, 3, 4, 5]
    #expect(
      node.hear(RepeaterFixture.direct(payload, path: [7, 0x51])) == .dropped(.notNextHop))
    #expect(node.hear(RepeaterFixture.direct(payload, path: [0x51, 8])) == .relayed)
    #expect(
      node.hear(RepeaterFixture.direct(payload, path: [0x51, 8])) == .dropped(.duplicate))
  }

  @Test func `radio.P7 a refused copy does not stand in the way of an acceptable one`() {
    let hops = RepeaterFixture { $0.maximumFloodHops = 2 }
    #expect(hops.hear(RepeaterFixture.flood(path: [1, 2])) == .dropped(.hopLimit))
    #expect(hops.hear(RepeaterFixture.flood(path: [1])) == .relayed)

    let loop = RepeaterFixture { $0.loopDetection = .strict }
    #expect(loop.hear(RepeaterFixture.flood(path: [0x51])) == .dropped(.loop))
    #expect(loop.hear(RepeaterFixture.flood(path: [1])) == .relayed)

    let region = RepeaterFixture { $0.regions.allowsUnscopedFlood = true }
    let scoped = Packet(
      route: .transportFlood, type: .groupText, transportCodes: TransportCodes(region: 77),
      payload: [1, 2, 3, 4, 5])
    #expect(region.hear(scoped) == .dropped(.regionDenied))
    #expect(region.hear(RepeaterFixture.flood()) == .relayed)

    let full = RepeaterFixture { $0.loopDetection = .off }
    let path = [UInt8](repeating: 9, count: 63)
    #expect(full.hear(RepeaterFixture.flood(path: path)) == .dropped(.pathFull))
    #expect(full.hear(RepeaterFixture.flood(path: [1])) == .relayed)
  }

  @Test func `radio.Q9 of a held packet and a better copy one is sent, by the better path`() {
    let node = RepeaterFixture { $0.delays.receptionBase = 10 }
    let weak = node.hear(
      RepeaterFixture.flood([UInt8](repeating: 7, count: 60), path: [1, 2, 3]), snrQuarterDB: -40)
    guard case .held(let until) = weak else {
      Issue.record("not held: \(weak)")
      return
    }
    #expect(node.sent().isEmpty)
    #expect(
      node.hear(
        RepeaterFixture.flood([UInt8](repeating: 7, count: 60), path: [4]), snrQuarterDB: 60)
        == .relayed)
    let woken = node.wake(at: until)
    #expect(woken == .dropped(.duplicate))
    let sent = node.sent()
    #expect(sent.count == 1)
    #expect(sent.first?.bytes.prefix(4) == [0x15, 2, 4, 0x51])
    #expect(node.machine.nextDeadline == nil)
  }

  @Test func `a held packet whose better copy never comes is sent after its hold`() {
    let node = RepeaterFixture { $0.delays.receptionBase = 10 }
    guard case .held(let until) = node.hear(RepeaterFixture.flood(), snrQuarterDB: -40) else {
      Issue.record("not held")
      return
    }
    #expect(node.machine.nextDeadline == until)
    let woken = node.wake(at: until)
    #expect(woken == .relayed)
  }

  @Test func `holds are bounded, and the longest makes room`() {
    let node = RepeaterFixture {
      $0.delays.receptionBase = 10
      $0.heldCapacity = 8
    }
    for index in 0..<100 {
      let payload = [UInt8](repeating: UInt8(index), count: 100 - index)
      _ = node.hear(RepeaterFixture.flood(payload), snrQuarterDB: -40)
      #expect(node.machine.heldCount <= 8)
    }
    #expect(node.machine.counters.dropped(.queueFull) == 92)
    var woken: [Verdict] = []
    while let verdict = node.wake(at: .distantFuture) { woken.append(verdict) }
    #expect(woken.count == 8)
  }

  @Test func `tables that get another size keep what they have room for`() {
    let node = RepeaterFixture {
      $0.delays.receptionBase = 10
      $0.heldCapacity = 8
    }
    func flood(_ index: UInt8) -> Packet? {
      RepeaterFixture.flood([UInt8](repeating: index, count: 100 - Int(index)))
    }
    func configure(_ change: (inout RepeaterConfiguration) -> Void) {
      var configuration = node.machine.configuration
      change(&configuration)
      node.machine.setConfiguration(configuration)
    }
    #expect(node.hear(flood(50)) == .relayed)
    for index in 0..<8 as Range<UInt8> { _ = node.hear(flood(index), snrQuarterDB: -40) }
    configure { $0.heldCapacity = 4 }
    #expect(node.machine.heldCount == 8)
    // Whoever comes now takes a place; none is added.
    for index in 8..<12 as Range<UInt8> { _ = node.hear(flood(index), snrQuarterDB: -40) }
    #expect(node.machine.heldCount == 8)
    while let due = node.machine.nextDeadline { _ = node.wake(at: due) }
    for index in 20..<30 as Range<UInt8> { _ = node.hear(flood(index), snrQuarterDB: -40) }
    #expect(node.machine.heldCount == 4)
    let seen = node.machine.seenCount
    configure { $0.seenCapacity = 10_000 }
    #expect(node.machine.seenCount == seen)
    #expect(node.hear(flood(50)) == .dropped(.duplicate))
    configure { $0.seenCapacity = 1 }
    #expect(node.machine.seenCount == 1)
    #expect(node.hear(flood(50)) == .dropped(.duplicate))
  }

  @Test func `a packet that was never sent is accepted again`() throws {
    let node = RepeaterFixture()
    #expect(node.hear(RepeaterFixture.flood(path: [1])) == .relayed)
    let key = try #require(node.sent().first?.seenKey)
    #expect(node.hear(RepeaterFixture.flood(path: [2])) == .dropped(.duplicate))
    node.machine.neverSent(key)
    #expect(node.hear(RepeaterFixture.flood(path: [2])) == .relayed)
    #expect(node.machine.counters.forgotten == 1)
  }

  @Test func `a packet that was never sent does not take a later acceptance with it`() throws {
    let node = RepeaterFixture()
    #expect(node.hear(RepeaterFixture.flood(path: [1])) == .relayed)
    let first = try #require(node.sent().first?.seenKey)
    node.now = node.now.advanced(by: node.machine.configuration.seenExpiry)
    #expect(node.hear(RepeaterFixture.flood(path: [2])) == .relayed)
    node.machine.neverSent(first)
    #expect(node.hear(RepeaterFixture.flood(path: [3])) == .dropped(.duplicate))
    #expect(node.machine.counters.forgotten == 0)
  }

  @Test func `what became of a packet is kept with it as long as it is among the last`() throws {
    let node = RepeaterFixture()
    #expect(node.hear(RepeaterFixture.flood(path: [1])) == .relayed)
    let key = try #require(node.sent().first?.seenKey)
    #expect(node.machine.recent.records.first?.transmission == .pending)
    node.machine.note(.refused(.queueFull), of: key)
    #expect(node.machine.recent.records.first?.transmission == .refused(.queueFull))
    #expect(node.machine.counters.forgotten == 1)
    // The next in its place is another packet's.
    for number in 0..<RecentPackets.capacity {
      let payload = [2, 3, 4, UInt8(number >> 8), UInt8(number & 255)]
      #expect(node.hear(RepeaterFixture.flood(payload, path: [1])) == .relayed)
    }
    node.machine.note(.refused(.queueFull), of: key)
    let records = node.machine.recent.records
    #expect(records.count == RecentPackets.capacity)
    #expect(records.allSatisfy { $0.transmission == .pending })
    #expect(node.hear(RepeaterFixture.direct([1], path: [0x52])) == .dropped(.notNextHop))
    #expect(node.machine.recent.records.last?.transmission == nil)
  }

  private static func acknowledgement(_ remaining: UInt8? = nil) -> Packet? {
    let bytes: [UInt8] = [1, 2, 3, 4]
    return remaining.map {
      RepeaterFixture.direct([$0 << 4 | 3] + bytes, type: .multipart, path: [0x51, 2])
    } ?? RepeaterFixture.direct(bytes, type: .acknowledgement, path: [0x51, 2])
  }

  @Test(arguments: [nil, 1] as [UInt8?])
  func `of an acknowledgement that goes out twice the last copy tells what to forget`(
    remaining: UInt8?
  ) throws {
    let node = RepeaterFixture { $0.sendsAcknowledgementsTwice = true }
    #expect(node.hear(RepeaterFixture.flood()) == .relayed)
    _ = node.sent()
    #expect(node.hear(Self.acknowledgement(remaining)) == .relayed)
    let keys = node.sent().map(\.seenKey)
    #expect(keys.count == 2 && keys[0] == nil)
    let key = try #require(keys.last ?? nil)
    #expect(node.hear(Self.acknowledgement(remaining)) == .dropped(.duplicate))
    node.machine.neverSent(key)
    #expect(node.hear(Self.acknowledgement(remaining)) == .relayed)
    // It is another acceptance, which the first one's end says nothing about.
    node.machine.neverSent(key)
    #expect(node.hear(Self.acknowledgement(remaining)) == .dropped(.duplicate))
    #expect(node.machine.counters.forgotten == 1)
  }

  @Test func `wrapped acknowledgements are one however many follow, and the plain one is another`()
  {
    let node = RepeaterFixture()
    #expect(node.hear(Self.acknowledgement(2)) == .relayed)
    #expect(node.hear(Self.acknowledgement(1)) == .dropped(.duplicate))
    #expect(node.hear(Self.acknowledgement()) == .relayed)
    #expect(node.hear(Self.acknowledgement()) == .dropped(.duplicate))
  }

  @Test func `an acknowledgement too long to be wrapped goes out once, unwrapped`() throws {
    for (count, frames) in [(183, 2), (184, 1)] {
      let node = RepeaterFixture { $0.sendsAcknowledgementsTwice = true }
      let payload = [UInt8](repeating: 1, count: count)
      let heard = RepeaterFixture.direct(payload, type: .acknowledgement, path: [0x51, 2])
      #expect(node.hear(heard) == .relayed)
      let sent = try node.sent().map { try Packet(parsing: $0.bytes) }
      #expect(sent.count == frames)
      #expect(sent.last?.payload == heard?.payload)
    }
  }

  @Test func `an empty direct packet is not relayed`() {
    let node = RepeaterFixture()
    #expect(node.hear(RepeaterFixture.direct([], path: [0x51, 2])) == .dropped(.emptyPayload))
  }

  @Test func `a TRACE whose last hash is cut short is not ours`() {
    let node = RepeaterFixture()
    let payload: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 2, 0x51, 0x8C]
    #expect(
      node.hear(Packet(route: .direct, type: .trace, payload: payload)) == .dropped(.notNextHop))
  }

  @Test func `without a signal figure nothing is held back and a TRACE notes 0 dB`() throws {
    let node = RepeaterFixture { $0.delays.receptionBase = 20 }
    #expect(node.hear(RepeaterFixture.flood(), snrQuarterDB: nil) == .relayed)
    _ = node.sent()
    let trace = Packet(
      route: .direct, type: .trace, payload: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0x51])
    #expect(node.hear(trace, snrQuarterDB: nil) == .relayed)
    #expect(try Packet(parsing: #require(node.sent().first).bytes).signals == [0])
  }

  @Test func `copies are folded into the packet they are copies of, the first twenty`() throws {
    let node = RepeaterFixture()
    for hop in 0..<30 { _ = node.hear(RepeaterFixture.flood(path: [UInt8(hop) + 1])) }
    let record = try #require(node.machine.recent.records.first)
    #expect(node.machine.recent.records.count == 1)
    #expect(record.verdict == .relayed)
    #expect(record.copyCount == 29)
    #expect(record.copies.count == RecentPackets.copiesKept)
  }

  @Test func `every received frame is counted in one verdict`() {
    var random = TestRandom(seed: 2)
    let node = RepeaterFixture { $0.delays.receptionBase = 3 }
    for _ in 0..<20_000 {
      _ = node.hear(bytes: random.frame(), snrQuarterDB: Int.random(in: -60...40, using: &random))
      while node.wake(at: node.now) != nil {}
      _ = node.sent()
      let counters = node.machine.counters
      let ended =
        PacketError.allCases.reduce(0) { $0 + counters.rejected($1) }
        + RefusalReason.allCases.reduce(0) { $0 + counters.dropped($1) }
        + counters.consumed + counters.relayedFlood + counters.relayedDirect
      #expect(counters.received == ended + UInt64(node.machine.heldCount))
    }
  }
}
