import Interlock
import InterlockCrypto
import InterlockMeshCore
import InterlockRadio
import Testing

@Suite struct AdvertForwardingTests {
  private func identity(_ number: UInt64) -> Identity {
    var random = TestRandom(seed: number)
    return Identity.generate { SecretBytes(random.bytes(32).span) }
  }

  private func advert(
    of identity: Identity, type: NodeType = .repeater, time: UInt32 = 1, name: String = "a"
  ) -> [UInt8] {
    Advert(
      signedBy: identity, timestamp: time, data: AdvertData(nodeType: type, name: name)
    ).payload
  }

  @Test func `radio.P5 own floods and adverts heard back are ignored`() throws {
    let node = RepeaterFixture()
    let isSent = node.machine.originateFlood(.groupText, payload: [1, 2, 3, 4, 5], at: node.now)
    #expect(isSent)
    let sent = try #require(node.sent().first)
    #expect(sent.origin == .local && sent.priority == 1)
    #expect(node.hear(bytes: sent.bytes) == .dropped(.duplicate))
    #expect(node.hear(RepeaterFixture.flood(path: [7])) == .dropped(.duplicate))

    let own = RepeaterFixture.key.bytes + [UInt8](repeating: 0, count: 68)
    #expect(node.hear(RepeaterFixture.flood(own, type: .advert)) == .dropped(.ownAdvert))
    #expect(node.sent().isEmpty)
    #expect(node.machine.counters.originated == 1)
  }

  @Test func `own floods are bound to the default region and name hops as configured`() throws {
    let region = try Region("de")
    let node = RepeaterFixture {
      $0.defaultRegion = region
      $0.ownHashSize = 2
    }
    node.machine.originateFlood(.groupText, payload: [1, 2, 3, 4, 5], at: node.now)
    let packet = try Packet(parsing: #require(node.sent().first).bytes)
    #expect(packet.route == .transportFlood)
    #expect(packet.pathField.rawValue == 0x40)
    let payload: [UInt8] = [1, 2, 3, 4, 5]
    #expect(
      packet.transportCodes
        == TransportCodes(
          region: region.code(type: PayloadType.groupText.rawValue, payload: payload.span)))
  }

  @Test func `radio.P10 forged adverts cost a bounded number of verifications`() {
    let node = RepeaterFixture {
      $0.verificationBurst = 50
      $0.verificationsPerSecond = 10
    }
    var random = TestRandom(seed: 3)
    for _ in 0..<10_000 {
      let verdict = node.hear(RepeaterFixture.flood(random.bytes(110), type: .advert))
      #expect(verdict == .dropped(.badSignature) || verdict == .dropped(.verificationLimit))
    }
    // 10 000 frames in 10 s: the burst, and ten a second.
    #expect((140...150).contains(node.machine.counters.verifications))
    #expect(node.machine.seenCount == 0)
    #expect(node.machine.neighbours.neighbours.isEmpty)
    #expect(node.hear(RepeaterFixture.flood()) == .relayed)
  }

  @Test func `radio.P10 real adverts of ever new identities leave the tables bounded`() {
    let node = RepeaterFixture {
      $0.neighbourCapacity = 16
      $0.verificationBurst = 1000
      $0.verificationsPerSecond = 1000
    }
    for number in 0..<200 {
      let payload = advert(of: identity(UInt64(number)))
      #expect(
        node.hear(RepeaterFixture.direct(payload, type: .advert, path: [])) == .dropped(.noPath))
      #expect(node.machine.neighbours.neighbours.count <= 16)
    }
    // The most recent ones are there.
    let last = identity(199).publicKey.bytes
    #expect(node.machine.neighbours.neighbours.contains { $0.key == last })
  }

  @Test func `with less room the neighbours heard last stay`() {
    let node = RepeaterFixture()
    func hear(_ numbers: Range<UInt64>) {
      for number in numbers {
        let payload = advert(of: identity(number))
        _ = node.hear(RepeaterFixture.direct(payload, type: .advert, path: []))
      }
    }
    hear(0..<6)
    hear(0..<1)
    var configuration = node.machine.configuration
    configuration.neighbourCapacity = 3
    node.machine.setConfiguration(configuration)
    let kept = Set(node.machine.neighbours.neighbours.map(\.key))
    #expect(kept == Set([0, 4, 5].map { identity($0).publicKey.bytes }))
    hear(10..<20)
    #expect(node.machine.neighbours.neighbours.count == 3)
  }

  @Test func `a copy of a verified advert is not verified again`() {
    let node = RepeaterFixture { $0.maximumAdvertHops = 2 }
    let payload = advert(of: identity(1))
    for _ in 0..<5 {
      #expect(
        node.hear(RepeaterFixture.flood(payload, type: .advert, path: [1, 2, 3]))
          == .dropped(.hopLimitAdvert))
    }
    #expect(node.machine.counters.verifications == 1)
    #expect(node.hear(RepeaterFixture.flood(payload, type: .advert, path: [1])) == .relayed)
    #expect(node.machine.counters.verifications == 1)
  }

  @Test func `a neighbour is a repeater heard without anyone in between`() throws {
    let node = RepeaterFixture()
    let near = identity(1)
    _ = node.hear(
      RepeaterFixture.flood(advert(of: near, name: "Hügel"), type: .advert), snrQuarterDB: 22)
    // Room servers, far repeaters, and adverts passed on by hand are none.
    _ = node.hear(
      RepeaterFixture.flood(advert(of: identity(2), type: .roomServer), type: .advert))
    _ = node.hear(RepeaterFixture.flood(advert(of: identity(3)), type: .advert, path: [9]))
    _ = node.hear(
      Packet(
        route: .transportDirect, type: .advert, transportCodes: TransportCodes(region: 0),
        payload: advert(of: identity(4))))
    let neighbour = try #require(node.machine.neighbours.neighbours.first)
    #expect(node.machine.neighbours.neighbours.count == 1)
    #expect(neighbour.key == near.publicKey.bytes)
    #expect(neighbour.name == "Hügel")
    #expect(neighbour.snrQuarterDB == 22)
  }

  @Test func `an advertiser's adverts are passed on no more often than configured`() {
    let node = RepeaterFixture { $0.advertRateLimit = AdvertRateLimit() }
    let chatty = identity(1)
    func hear(_ time: UInt32, of identity: Identity) -> Verdict {
      node.hear(
        RepeaterFixture.flood(advert(of: identity, time: time), type: .advert, path: [9]))
    }
    #expect(hear(1, of: chatty) == .relayed)
    #expect(hear(2, of: chatty) == .relayed)
    #expect(hear(3, of: chatty) == .dropped(.advertRateLimit))
    #expect(hear(1, of: identity(2)) == .relayed)
    node.now = node.now.advanced(by: .seconds(36_000))
    #expect(hear(4, of: chatty) == .relayed)
  }

  @Test func `only what opens is kept from others`() throws {
    let me = identity(1)
    let friend = identity(2)
    let secret = try #require(friend.sharedSecret(with: me.publicKey))
    var machine = RepeaterMachine(
      configuration: RepeaterConfiguration(), publicKey: me.publicKey,
      recipient: LocalRecipient(identity: me, peers: [friend.publicKey]),
      settings: RepeaterFixture.settings, seed: 1)
    func hear(_ payload: [UInt8], _ type: PayloadType) throws -> Verdict {
      let packet = try #require(Packet(route: .flood, type: type, payload: payload))
      return machine.receive(
        ReceivedFrame(bytes: packet.frame, snrQuarterDB: 0, rssiDBm: 0, receivedAt: .origin),
        at: .origin)
    }
    let mine = Envelope(
      sealing: [1, 2, 3], from: friend.publicKey, to: me.publicKey, under: secret
    ).payload
    #expect(try hear(mine, .text) == .consumed(.local))
    #expect(try hear(mine, .text) == .dropped(.duplicate))
    // Another node with the same first byte: it does not open, so it travels on.
    var others = mine
    others[3] ^= 1
    #expect(try hear(others, .text) == .relayed)
    let login = AnonymousEnvelope(
      sealing: [0, 0, 0, 0, 0x61], from: friend.publicKey, to: me.publicKey, under: secret
    ).payload
    #expect(try hear(login, .anonymousRequest) == .consumed(.local))
    var foreign = login
    foreign[34] ^= 1
    #expect(try hear(foreign, .anonymousRequest) == .relayed)
  }
}
