import Interlock
import InterlockMeshCore
import InterlockRadio
import Testing

@Suite struct DiscoveryTests {
  private func ask(
    _ node: RepeaterFixture, _ request: DiscoveryRequest, snrQuarterDB: Int = 20
  ) throws -> [OutgoingFrame] {
    let verdict = node.hear(
      Packet(route: .direct, type: .control, payload: request.payload),
      snrQuarterDB: snrQuarterDB)
    #expect(verdict == .consumed(.local))
    return node.sent()
  }

  @Test func `a request for repeaters is answered with the key and the signal of the request`()
    throws
  {
    let node = RepeaterFixture()
    let sent = try ask(node, DiscoveryRequest(filter: 4, tag: 77), snrQuarterDB: -13)
    let frame = try #require(sent.first)
    let packet = try Packet(parsing: frame.bytes)
    #expect(packet.route == .direct && packet.pathField.rawValue == 0)
    let response = try #require(DiscoveryResponse(parsing: packet.payload))
    #expect(response.tag == 77)
    #expect(response.nodeType == .repeater)
    #expect(response.snrQuarterDB == -13)
    #expect(response.publicKey == RepeaterFixture.key)
    #expect(frame.origin == .local)
    // Four times the window of a flood of the same length.
    let window = DelayCalculator(policy: DelayPolicy(), settings: RepeaterFixture.settings)
      .floodWindow(for: packet)
    #expect(frame.window.maximumMicroseconds == 4 * window.maximumMicroseconds)
  }

  @Test func `a request may ask for the beginning of the key only`() throws {
    let sent = try ask(
      RepeaterFixture(), DiscoveryRequest(wantsPrefixOnly: true, filter: 4, tag: 1))
    let packet = try Packet(parsing: #require(sent.first).bytes)
    let key = Array(RepeaterFixture.key.bytes[..<8])
    #expect(DiscoveryResponse(parsing: packet.payload)?.key == key)
  }

  @Test func `there is no answer for other types, old news, a silent node, or when switched off`()
    throws
  {
    let request = DiscoveryRequest(filter: 4, tag: 1)
    #expect(try ask(RepeaterFixture(), DiscoveryRequest(filter: 0xFB, tag: 1)).isEmpty)
    #expect(try ask(RepeaterFixture { $0.mode = .monitor }, request).isEmpty)
    #expect(try ask(RepeaterFixture { $0.allowsDiscovery = false }, request).isEmpty)
    let node = RepeaterFixture { $0.discoveryChangedAt = 1000 }
    #expect(try ask(node, DiscoveryRequest(filter: 4, tag: 1, since: 1001)).isEmpty)
    #expect(try ask(node, DiscoveryRequest(filter: 4, tag: 1, since: 1000)).count == 1)
  }

  @Test func `four requests are answered in any two minutes`() throws {
    let node = RepeaterFixture()
    var answered = 0
    for tag in 0..<20 {
      answered += try ask(node, DiscoveryRequest(filter: 4, tag: UInt32(tag))).count
    }
    #expect(answered == 4)
    node.now = node.now.advanced(by: .seconds(121))
    #expect(try ask(node, DiscoveryRequest(filter: 4, tag: 99)).count == 1)
  }

  @Test func `answers to this node's own request, and no others, make neighbours`() throws {
    let node = RepeaterFixture()
    node.machine.discover(at: node.now)
    let asked = try Packet(parsing: #require(node.sent().first).bytes)
    let request = try #require(DiscoveryRequest(parsing: asked.payload))
    let key = try #require(PublicKey([UInt8](repeating: 9, count: 32)))
    func hear(tag: UInt32, prefixOnly: Bool) -> [Neighbour] {
      let response = DiscoveryResponse(
        nodeType: .repeater, snrQuarterDB: 3, tag: tag, key: key, prefixOnly: prefixOnly)
      _ = node.hear(Packet(route: .direct, type: .control, payload: response.payload))
      return node.machine.neighbours.neighbours
    }
    #expect(hear(tag: request.tag &+ 1, prefixOnly: false).isEmpty)
    #expect(hear(tag: request.tag, prefixOnly: true).map(\.key) == [Array(key.bytes[..<8])])
    // The whole key is of the same neighbour, and is kept.
    #expect(hear(tag: request.tag, prefixOnly: false).map(\.key) == [key.bytes])
    #expect(hear(tag: request.tag, prefixOnly: true).map(\.heardCount) == [3])
    node.now = node.now.advanced(by: .seconds(3600))
    node.machine.removeNeighbour(prefix: [])
    #expect(hear(tag: request.tag, prefixOnly: false).isEmpty)
  }
}
