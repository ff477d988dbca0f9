import InterlockMeshCore
import Testing

@Suite struct PacketTests {
  @Test func `random bytes are refused or come back byte for byte`() {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0 ... .max, using: &generator)
    var random = TestRandom(seed: seed)
    for _ in 0..<50_000 {
      let frame = random.frame()
      guard let packet = try? Packet(parsing: frame) else { continue }
      #expect(packet.serialized() == frame, "seed \(seed)")
      let rebuilt = Packet(
        route: packet.route, type: packet.payloadType, transportCodes: packet.transportCodes,
        pathField: packet.pathField, path: Array(packet.path), payload: Array(packet.payload))
      #expect(rebuilt == packet, "seed \(seed)")
    }
  }

  @Test func `every truncation of a frame is refused or is a packet of its own`() throws {
    var random = TestRandom(seed: 1)
    for _ in 0..<200 {
      let frame = random.frame()
      for count in 0...frame.count {
        let cut = Array(frame.prefix(count))
        if let packet = try? Packet(parsing: cut) { #expect(packet.frame == cut) }
      }
    }
  }

  @Test func `radio.P4 a full path takes no further hop and never wraps`() throws {
    let key = KeyPrefix([0x51, 0x8C, 0x29])
    for (hops, size) in [(63, 1), (32, 2), (21, 3)] {
      let field = try #require(PathField(hopCount: hops, hashSize: size))
      let full = try #require(
        Packet(
          route: .flood, type: .groupText, pathField: field,
          path: [UInt8](repeating: 7, count: hops * size), payload: [1, 2, 3, 4]))
      #expect(full.appendingHop(of: key) == nil)
      let shorter = try #require(full.removingFirstHop())
      #expect(try #require(shorter.appendingHop(of: key)).pathField == field)
    }
    #expect(PathField(hopCount: 64, hashSize: 1) == nil)
    #expect(PathField(hopCount: 33, hashSize: 2) == nil)
    #expect(PathField(hopCount: 22, hashSize: 3) == nil)
  }

  @Test func `edits change the path and nothing else`() throws {
    var random = TestRandom(seed: 3)
    let key = KeyPrefix([1, 2, 3, 4, 5, 6, 7, 8])
    for _ in 0..<20_000 {
      guard let packet = try? Packet(parsing: random.frame()) else { continue }
      for edited in [
        packet.appendingHop(of: key), packet.removingFirstHop(),
        packet.appendingSignal(quarterDB: -4000),
      ].compactMap({ $0 }) {
        #expect(try Packet(parsing: edited.serialized()) == edited)
        #expect(edited.header == packet.header)
        #expect(edited.payload == packet.payload)
        #expect(edited.transportCodes == packet.transportCodes)
        #expect(edited.pathField.hashSize == packet.pathField.hashSize)
      }
    }
  }

  @Test func `a hash of zeros is printed in full`() {
    #expect(PacketHash(value: 0).description == "0000000000000000")
    #expect(PacketHash(value: 0xAB).description == "00000000000000ab")
  }
}
