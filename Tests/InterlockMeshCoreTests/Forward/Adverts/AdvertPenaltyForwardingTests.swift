import Interlock
import InterlockCrypto
import InterlockMeshCore
import Testing

/// The penalty box, as a repeater on a table applies it.
@Suite struct AdvertPenaltyForwardingTests {
  private static let chatty = identity(1)

  private static func identity(_ number: UInt64) -> Identity {
    var random = TestRandom(seed: number)
    return Identity.generate { SecretBytes(random.bytes(32).span) }
  }

  private static func advert(_ time: UInt32, of identity: Identity = chatty) -> [UInt8] {
    Advert(
      signedBy: identity, timestamp: time, data: AdvertData(nodeType: .chat, name: "c")
    ).payload
  }

  private func fixture(
    _ configure: (inout RepeaterConfiguration) -> Void = { _ in }
  ) -> RepeaterFixture {
    RepeaterFixture {
      $0.advertRateLimit = AdvertRateLimit(burst: 1, interval: .seconds(3600))
      $0.advertPenalty = AdvertPenalty(
        threshold: 2, base: .seconds(7200), factor: 2, maximum: .seconds(86_400))
      configure(&$0)
    }
  }

  private func barred(_ node: RepeaterFixture) -> Int {
    node.machine.advertReading(at: node.now).barred
  }

  private func hear(
    _ time: UInt32, of identity: Identity = chatty, by hop: UInt8 = 9, on node: RepeaterFixture
  ) -> Verdict {
    node.hear(RepeaterFixture.flood(Self.advert(time, of: identity), type: .advert, path: [hop]))
  }

  @Test func `an advertiser that keeps exceeding its limit is barred, for its time`() throws {
    let node = fixture()
    #expect(hear(1000, on: node) == .relayed)
    #expect(hear(1001, on: node) == .dropped(.advertRateLimit))
    #expect(barred(node) == 0)
    #expect(hear(1002, on: node) == .dropped(.advertRateLimit))
    let until = node.now.advanced(by: .seconds(7200))
    #expect(barred(node) == 1)
    // Its next turn comes, and goes.
    node.now = node.now.advanced(by: .seconds(3600))
    #expect(hear(9999, on: node) == .dropped(.advertPenalty))
    #expect(hear(1000, of: Self.identity(2), on: node) == .relayed)
    #expect(try #require(node.machine.recent.records.first).verdict == .relayed)
    #expect(
      node.machine.recent.records.contains { $0.verdict == .dropped(.advertPenalty) })
    #expect(node.machine.counters.dropped(.advertPenalty) == 1)
    node.now = until.advanced(by: .milliseconds(-2))
    #expect(hear(10_000, on: node) == .dropped(.advertPenalty))
    #expect(hear(10_001, on: node) == .relayed)
    #expect(node.now == until)
    #expect(barred(node) == 0)
  }

  @Test func `each bar is told once, with its length`() {
    let node = fixture()
    var bars: [RepeaterAction] = []
    for time in 1000..<1020 as Range<UInt32> {
      if time == 1010 { node.now = node.now.advanced(by: .seconds(7200)) }
      _ = hear(time, on: node)
      while let action = node.machine.nextAction() {
        if case .noteBar = action { bars.append(action) }
      }
    }
    let key = Self.chatty.publicKey
    #expect(bars == [.noteBar(key, .seconds(7200)), .noteBar(key, .seconds(14_400))])
  }

  @Test func `what was counted under a limit ends with it`() {
    let node = fixture()
    #expect(hear(1000, on: node) == .relayed)
    var configuration = node.machine.configuration
    configuration.advertRateLimit = AdvertRateLimit(burst: 1, interval: .seconds(60))
    node.machine.setConfiguration(configuration)
    #expect(hear(1001, on: node) == .relayed)
    // The same limit once more is no other.
    node.machine.setConfiguration(configuration)
    #expect(hear(1002, on: node) == .dropped(.advertRateLimit))
  }

  @Test func `copies of one advert by many paths are one excess`() {
    let node = fixture()
    #expect(hear(1000, on: node) == .relayed)
    for hop in 1...50 as ClosedRange<UInt8> {
      #expect(hear(1001, by: hop, on: node) == .dropped(.advertRateLimit))
    }
    #expect(barred(node) == 0)
  }

  @Test func `adverts repeated by somebody else bar nobody`() {
    let node = fixture { $0.seenExpiry = .seconds(60) }
    // It announces itself every two hours, half as often as it may; every minute all its adverts so far
    // are repeated, the latest first or the oldest first.
    for round in 0..<6 as Range<UInt32> {
      _ = hear(round * 7200, on: node)
      for repetition in 0..<120 as Range<UInt32> {
        node.now = node.now.advanced(by: .seconds(60))
        let times = (0...round).map { $0 * 7200 }
        for time in repetition.isMultiple(of: 2) ? times : times.reversed() {
          #expect(hear(time, on: node) != .dropped(.advertPenalty))
        }
      }
    }
    #expect(node.machine.counters.dropped(.advertRateLimit) > 0)
    #expect(barred(node) == 0)
  }

  @Test func `a node that has just started bars nobody for a recording of past adverts`() {
    let node = fixture()
    for number in 0..<20 as Range<UInt32> {
      #expect(hear(number * 3600, on: node) != .dropped(.advertPenalty))
    }
    #expect(node.machine.counters.dropped(.advertRateLimit) == 19)
    #expect(barred(node) == 0)
  }

  @Test func `forged adverts bar nobody`() {
    let node = fixture()
    #expect(hear(1000, on: node) == .relayed)
    for time in 1001...1020 as ClosedRange<UInt32> {
      var payload = Self.advert(time)
      payload[payload.count - 1] ^= 1
      #expect(
        node.hear(RepeaterFixture.flood(payload, type: .advert)) == .dropped(.badSignature))
    }
    #expect(barred(node) == 0)
  }

  @Test func `adverts that are not relayed for another reason are no excess`() {
    let node = fixture { $0.maximumAdvertHops = 1 }
    for time in 1000...1009 as ClosedRange<UInt32> {
      #expect(hear(time, on: node) == .dropped(.hopLimitAdvert))
      let direct = RepeaterFixture.direct(Self.advert(time), type: .advert, path: [])
      #expect(node.hear(direct) == .dropped(.noPath))
    }
    #expect(barred(node) == 0)
  }

  @Test func `other settings change, and who is barred stays barred`() {
    let node = fixture()
    for time in 1000...1002 as ClosedRange<UInt32> { _ = hear(time, on: node) }
    func change(_ change: (inout RepeaterConfiguration) -> Void) {
      var configuration = node.machine.configuration
      change(&configuration)
      node.machine.setConfiguration(configuration)
    }
    change { $0.maximumFloodHops = 7 }
    change { $0.advertRateLimit = AdvertRateLimit(burst: 3) }
    change { $0.advertPenalty?.base = .seconds(60) }
    #expect(barred(node) == 1)
    #expect(hear(1003, on: node) == .dropped(.advertPenalty))
    change { $0.advertPenalty = nil }
    #expect(hear(1004, on: node) == .relayed)
    #expect(barred(node) == 0)
    // Switched on again it begins anew.
    change { $0.advertPenalty = AdvertPenalty() }
    #expect(barred(node) == 0)
  }

  @Test func `what is left of a limit survives other settings, also those of the penalty`() {
    let node = fixture()
    #expect(hear(1000, on: node) == .relayed)
    var configuration = node.machine.configuration
    configuration.maximumFloodHops = 7
    configuration.advertPenalty = nil
    node.machine.setConfiguration(configuration)
    #expect(hear(1001, on: node) == .dropped(.advertRateLimit))
  }

  @Test func `without a limit there is no penalty, and nobody is barred any more`() {
    let node = fixture { $0.advertRateLimit = nil }
    for time in 1000...1010 as ClosedRange<UInt32> { #expect(hear(time, on: node) == .relayed) }
    #expect(barred(node) == 0)
    var configuration = node.machine.configuration
    configuration.advertRateLimit = AdvertRateLimit(burst: 1)
    node.machine.setConfiguration(configuration)
    for time in 1011...1013 as ClosedRange<UInt32> { _ = hear(time, on: node) }
    #expect(barred(node) == 1)
    configuration.advertRateLimit = nil
    node.machine.setConfiguration(configuration)
    #expect(barred(node) == 0)
    #expect(hear(1014, on: node) == .relayed)
  }

  @Test func `adverts of barred advertisers are counted in one verdict too`() {
    let node = fixture()
    for time in 1000..<1020 as Range<UInt32> {
      for number in 0..<3 as Range<UInt64> { _ = hear(time, of: Self.identity(number), on: node) }
    }
    let counters = node.machine.counters
    #expect(counters.relayedFlood == 3)
    #expect(counters.dropped(.advertRateLimit) == 3 * 2)
    #expect(counters.dropped(.advertPenalty) == 3 * 17)
    #expect(counters.received == 3 * 20)
  }
}
