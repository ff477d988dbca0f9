import Interlock
import InterlockCrypto
import InterlockMeshCore
import Testing

/// The tiers, as a repeater on a table applies them.
@Suite struct AdvertTierForwardingTests {
  private static func identity(_ number: UInt64) -> Identity {
    var random = TestRandom(seed: number)
    return Identity.generate { SecretBytes(random.bytes(32).span) }
  }

  private static let near = identity(1)
  private static let far = identity(2)

  /// Each advert is one a minute; three make the mesh normal, five busy, seven congested.
  private func fixture(
    _ configure: (inout RepeaterConfiguration) -> Void = { _ in }
  ) -> RepeaterFixture {
    RepeaterFixture {
      $0.advertRateLimit = AdvertRateLimit(burst: 2, interval: .seconds(3600))
      $0.advertTiers = AdvertTiers(
        window: .seconds(60), hold: .zero, normal: 2.5, busy: 4.5, congested: 6.5)
      configure(&$0)
    }
  }

  private func reading(_ node: RepeaterFixture) -> AdvertReading {
    node.machine.advertReading(at: node.now)
  }

  private func hear(
    _ time: UInt32, of identity: Identity = near, by hop: UInt8 = 9, on node: RepeaterFixture
  ) -> Verdict {
    let payload = Advert(
      signedBy: identity, timestamp: time, data: AdvertData(nodeType: .chat, name: "c")
    ).payload
    return node.hear(RepeaterFixture.flood(payload, type: .advert, path: [hop]))
  }

  private func change(
    _ node: RepeaterFixture, _ change: (inout RepeaterConfiguration) -> Void
  ) {
    var configuration = node.machine.configuration
    change(&configuration)
    node.machine.setConfiguration(configuration)
  }

  @Test func `the busier the mesh, the less of the limit is left`() {
    let node = fixture()
    // Quiet: no limit, and nothing counts against one.
    for time in 1...2 as ClosedRange<UInt32> { #expect(hear(time, on: node) == .relayed) }
    #expect(reading(node).tier == .quiet)
    // Normal: two in a row.
    #expect(hear(3, on: node) == .relayed)
    #expect(reading(node).tier == .normal)
    #expect(hear(4, on: node) == .relayed)
    #expect(hear(5, of: Self.far, on: node) == .relayed)
    #expect(reading(node).tier == .busy)
    // Busy: only one, which it was.
    #expect(hear(6, of: Self.far, on: node) == .dropped(.advertRateLimit))
    #expect(hear(7, of: Self.far, on: node) == .dropped(.advertRateLimit))
    #expect(reading(node).tier == .congested)
    // The mesh falls silent: no limit again.
    node.now = node.now.advanced(by: .seconds(300))
    #expect(reading(node).tier == .quiet)
    #expect(hear(8, on: node) == .relayed)
    #expect(hear(9, of: Self.far, on: node) == .relayed)
  }

  @Test func `in a congested mesh one advert takes four times as long`() {
    let node = fixture {
      $0.advertTiers?.normal = 0; $0.advertTiers?.busy = 0
    }
    change(node) { $0.advertTiers?.congested = 0 }
    #expect(hear(1, on: node) == .relayed)
    let next = node.now.advanced(by: .seconds(4 * 3600))
    node.now = next.advanced(by: .milliseconds(-2))
    #expect(hear(2, on: node) == .dropped(.advertRateLimit))
    #expect(hear(3, on: node) == .relayed)
    #expect(node.now == next)
  }

  @Test func `copies and forged adverts make no mesh busy`() throws {
    let node = fixture { $0.maximumAdvertHops = 0 }
    for hop in 1...20 as ClosedRange<UInt8> { _ = hear(1, by: hop, on: node) }
    var random = TestRandom(seed: 5)
    for _ in 0..<20 {
      _ = node.hear(RepeaterFixture.flood(random.bytes(110), type: .advert))
    }
    let perMinute = try #require(reading(node).perMinute)
    #expect(perMinute <= 1 && perMinute > 0.99)
  }

  @Test func `adverts that are not relayed count as heard, and begin a tier`() throws {
    let node = fixture {
      $0.maximumAdvertHops = 0
      $0.advertTiers?.hold = .seconds(100)
    }
    for time in 1...3 as ClosedRange<UInt32> {
      #expect(hear(time, on: node) == .dropped(.hopLimitAdvert))
    }
    #expect(reading(node).tier == .normal)
    node.now = node.now.advanced(by: .seconds(99))
    #expect(reading(node).tier == .normal)
    node.now = node.now.advanced(by: .seconds(1))
    #expect(reading(node).tier == .quiet)
  }

  @Test func `looking changes nothing`() {
    let (seen, unseen) = (fixture { $0.advertTiers?.hold = .seconds(100) }, fixture())
    change(unseen) { $0.advertTiers?.hold = .seconds(100) }
    for time in 1...200 as ClosedRange<UInt32> {
      let silence = Duration.seconds(time.isMultiple(of: 20) ? 290 : 7)
      for node in [seen, unseen] { node.now = node.now.advanced(by: silence) }
      for _ in 0..<3 { _ = reading(seen) }
      #expect(hear(time, on: seen) == hear(time, on: unseen), "advert \(time)")
      #expect(reading(unseen) == reading(seen))
    }
  }

  @Test func `a limit that is tightened for all bars nobody who keeps to the whole`() {
    let node = fixture {
      $0.advertTiers?.congested = 0
      $0.advertPenalty = AdvertPenalty(threshold: 1)
    }
    for number in 0..<20 as Range<UInt32> {
      #expect(hear(number * 3600, on: node) != .dropped(.advertPenalty))
      node.now = node.now.advanced(by: .seconds(3600))
    }
    #expect(node.machine.counters.dropped(.advertRateLimit) > 10)
    #expect(reading(node).barred == 0)
  }

  @Test func `who is barred stays barred in a quiet mesh`() {
    let node = fixture {
      $0.advertTiers = nil
      $0.advertPenalty = AdvertPenalty(threshold: 1)
    }
    for time in 1...3 as ClosedRange<UInt32> { _ = hear(time, on: node) }
    change(node) { $0.advertTiers = AdvertTiers() }
    #expect(hear(4, on: node) == .dropped(.advertPenalty))
    #expect(reading(node).tier == .quiet)
    #expect(hear(4, of: Self.far, on: node) == .relayed)
  }

  @Test func `the average and the tier survive other settings, not being switched off`() {
    let node = fixture { $0.advertTiers?.hold = .seconds(3600) }
    for time in 1...3 as ClosedRange<UInt32> { _ = hear(time, on: node) }
    let before = reading(node)
    #expect(before.tier == .normal)
    change(node) { $0.maximumFloodHops = 7 }
    change(node) { $0.advertRateLimit = AdvertRateLimit(burst: 9) }
    change(node) { $0.advertPenalty = AdvertPenalty() }
    change(node) { $0.advertTiers?.congested = 99 }
    #expect(reading(node) == before)
    change(node) { $0.advertTiers = nil }
    #expect(reading(node).tier == nil)
    #expect(reading(node).perMinute == nil)
    change(node) { $0.advertTiers = AdvertTiers() }
    #expect(reading(node).perMinute == 0)
    #expect(reading(node).tier == .quiet)
  }
}
