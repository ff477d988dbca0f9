import InterlockMeshCore
import InterlockRadio
import InterlockWire
import Testing

@Suite struct ChannelRuleTests {
  /// Frames that pymc_core made: the cases e014, e015 and e016 of the message vectors.
  private enum Vector {
    /// “cinder: harbor” on the public channel.
    static let harbor =
      "15045c7cb97b11f916ecf7f88a74a4a277a01ed87938ea6e4bffad948cac2e490ff28e7e28edca31d4"
    /// “mesa: lantern relay ✓” under a key of 32 bytes.
    static let lantern =
      "1540ea81e350b929c1b9ea6a0085f926af4cbeef0e15edfe2202841345a81b16f185debdfc"
    static let lanternKey = "d73da9c09e99c3abb60647d7619f0341b153f89ec7b18663a6a85207e0bcbc53"
    /// Data.
    static let data =
      "19847ad95a3e607499acd06b6393d758d3b19b1bf18d409448d879322f9219a9ded5f71fd6bc2ecc77c5951aa4d493eb"
      + "52"
    static let dataKey = "4ae4a18e41f973b1792137d7e532b0eb"
  }

  private static let crew = [UInt8](repeating: 7, count: 16)

  private func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }

  private func channels() throws -> [NamedChannel] {
    let known = [
      NamedChannel("Public", key: ChannelKey.everyone),
      NamedChannel("lights", key: try bytes(Vector.lanternKey)),
      NamedChannel("data", key: try bytes(Vector.dataKey)),
      NamedChannel("crew", key: Self.crew),
    ]
    return known.compactMap(\.self)
  }

  private func isRelayed(
    _ hex: String, knowing channels: [NamedChannel], under rules: [ForwardingRule]
  ) throws -> Bool {
    let fixture = RepeaterFixture {
      $0.channels = channels
      $0.rules = rules
    }
    let verdict = fixture.hear(bytes: try bytes(hex))
    #expect(verdict == .relayed || verdict == .dropped(.policy), "\(verdict)")
    #expect(fixture.sent().isEmpty == (verdict != .relayed))
    return verdict == .relayed
  }

  /// Whether a rule that drops applies to a frame.
  private func applies(
    to hex: String, knowing channels: [NamedChannel]? = nil,
    _ change: (inout ForwardingRule) -> Void
  ) throws -> Bool {
    var rule = ForwardingRule(.drop)
    change(&rule)
    return try !isRelayed(hex, knowing: try channels ?? self.channels(), under: [rule])
  }

  private func say(_ text: String, to key: [UInt8] = crew) throws -> String {
    let channel = try #require(Channel(key: key))
    let plaintext = TextMessage(timestamp: 1, text: text).plaintext
    let payload = ChannelEnvelope(sealing: plaintext, for: channel).payload
    let packet = try #require(RepeaterFixture.flood(payload))
    return Hex.encode(packet.frame)
  }

  @Test func `a rule looks at channel, sender and text of a message with a known key`() throws {
    #expect(try applies(to: Vector.harbor) { $0.channel = "Public" })
    #expect(try !applies(to: Vector.harbor) { $0.channel = "lights" })
    #expect(try applies(to: Vector.lantern) { $0.channel = "lights" })
    #expect(try applies(to: Vector.harbor) { $0.sender = TextPattern("Cinder") })
    #expect(try !applies(to: Vector.harbor) { $0.sender = TextPattern("harbor") })
    #expect(try !applies(to: Vector.lantern) { $0.sender = TextPattern("cinder") })
    #expect(try applies(to: Vector.harbor) { $0.text = TextPattern("harbor") })
    #expect(try !applies(to: Vector.harbor) { $0.text = TextPattern("*cinder*") })
    #expect(try applies(to: Vector.lantern) { $0.text = TextPattern("*RELAY ✓") })
  }

  @Test func `all conditions must hold together`() throws {
    func applies(channel: String, sender: String, text: String, hops: Int) throws -> Bool {
      try self.applies(to: Vector.harbor) {
        $0.channel = channel
        $0.sender = TextPattern(sender)
        $0.text = TextPattern(text)
        $0.hops = hops...63
      }
    }
    #expect(try applies(channel: "Public", sender: "c*", text: "h*", hops: 4))
    #expect(try !applies(channel: "crew", sender: "c*", text: "h*", hops: 4))
    #expect(try !applies(channel: "Public", sender: "d*", text: "h*", hops: 4))
    #expect(try !applies(channel: "Public", sender: "c*", text: "i*", hops: 4))
    #expect(try !applies(channel: "Public", sender: "c*", text: "h*", hops: 5))
  }

  @Test func `data is on a channel, and has neither sender nor text`() throws {
    #expect(try applies(to: Vector.data) { $0.channel = "data" })
    #expect(try !applies(to: Vector.data) { $0.sender = TextPattern("*") })
    #expect(try !applies(to: Vector.data) { $0.text = TextPattern("*") })
  }

  @Test func `what no known key opens is none of a rule's business`() throws {
    let others = try channels().filter { $0.name != "Public" }
    for known in [others, []] {
      #expect(try !applies(to: Vector.harbor, knowing: known) { $0.channel = "Public" })
      #expect(try !applies(to: Vector.harbor, knowing: known) { $0.sender = TextPattern("*") })
      #expect(try !applies(to: Vector.harbor, knowing: known) { $0.text = TextPattern("*") })
    }
    // One bit of the hash, of the MAC, of the ciphertext, and a message between two nodes.
    var frame = try bytes(Vector.harbor)
    for index in [6, 7, 9] {
      frame[index] ^= 1
      #expect(try !applies(to: Hex.encode(frame)) { $0.text = TextPattern("*") })
      frame[index] ^= 1
    }
    #expect(try applies(to: Hex.encode(frame)) { $0.text = TextPattern("*") })
    frame[0] = 0x09
    #expect(try !applies(to: Hex.encode(frame)) { $0.text = TextPattern("*") })
    #expect(try !applies(to: Hex.encode(frame)) { $0.channel = "Public" })
  }

  @Test func `the sender ends at the first colon and blank, and may be missing`() throws {
    let talk = try say("A:b: c: d")
    #expect(try applies(to: talk) { $0.sender = TextPattern("a:B") })
    #expect(try applies(to: talk) { $0.text = TextPattern("c: d") })
    let anonymous = try say("no one:says this")
    #expect(try !applies(to: anonymous) { $0.sender = TextPattern("*") })
    #expect(try applies(to: anonymous) { $0.text = TextPattern("no one:says this") })
    let silent = try say(": ")
    #expect(try applies(to: silent) { $0.sender = TextPattern("*") })
    #expect(try !applies(to: silent) { $0.sender = TextPattern("a*") })
    #expect(try applies(to: silent) { $0.text = TextPattern("*") })
    #expect(try !applies(to: try say("a")) { $0.sender = TextPattern("*") })
  }

  @Test func `of channels with one hash, the one whose key opens is found`() throws {
    let hash = try #require(Channel(key: Self.crew)).hash
    var same: [NamedChannel] = []
    var number: UInt16 = 0
    while same.count < 3 {
      number += 1
      let key = [UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 1, count: 14)
      let channel = try #require(NamedChannel("other \(number)", key: key))
      if channel.channel.hash == hash { same.append(channel) }
    }
    let crew = try #require(NamedChannel("crew", key: Self.crew))
    let talk = try say("a: b")
    #expect(try applies(to: talk, knowing: same + [crew]) { $0.channel = "crew" })
    #expect(try !applies(to: talk, knowing: same) { $0.text = TextPattern("*") })
  }

  @Test func `the first rule that applies decides about messages too`() throws {
    var allow = ForwardingRule(.allow)
    allow.sender = TextPattern("cinder")
    var drop = ForwardingRule(.drop)
    drop.channel = "Public"
    let channels = try channels()
    let other = try say("dune: harbor", to: ChannelKey.everyone)
    #expect(try isRelayed(Vector.harbor, knowing: channels, under: [allow, drop]))
    #expect(try !isRelayed(other, knowing: channels, under: [allow, drop]))
    #expect(try !isRelayed(Vector.harbor, knowing: channels, under: [drop, allow]))
  }

  @Test func `a channel that becomes known to a running repeater is looked into`() throws {
    let fixture = RepeaterFixture {
      var rule = ForwardingRule(.drop)
      rule.text = TextPattern("*")
      $0.rules = [rule]
    }
    #expect(fixture.hear(bytes: try bytes(say("a: 1"))) == .relayed)
    var configuration = fixture.machine.configuration
    configuration.channels = try channels()
    fixture.machine.setConfiguration(configuration)
    let next = fixture.hear(bytes: try bytes(say("a: 2")))
    #expect(next == .dropped(.policy))
  }
}
