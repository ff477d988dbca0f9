import Foundation
import Interlock
import TestSupport
import Testing

@testable import InterlockMeshCore

@Suite struct AdvertTrafficTests {
  private func at(_ seconds: Int64, _ nanoseconds: Int64 = 0) -> Instant {
    Instant(nanoseconds: seconds * 1_000_000_000 + nanoseconds)
  }

  @Test(.tags(.property), arguments: 0..<50 as Range<UInt64>)
  func `the average is what its formula says of all adverts at once`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let window = Int.random(in: 60...10_000, using: &random)
    var traffic = AdvertTraffic(AdvertTiers(window: .seconds(window)))
    var times: [Double] = []
    var milliseconds: Int64 = 0
    for _ in 0..<200 {
      milliseconds += Int64.random(in: 0...400_000, using: &random)
      let now = Instant(nanoseconds: milliseconds * 1_000_000)
      if Bool.random(using: &random) {
        traffic.heard(at: now)
        times.append(Double(milliseconds) / 1000)
      }
      let seconds = Double(milliseconds) / 1000
      let expected = times.reduce(0) { sum, time in
        sum + 60 / Double(window) * Foundation.exp(-(seconds - time) / Double(window))
      }
      #expect(abs(traffic.perMinute(at: now) - expected) <= 1e-9 * (1 + expected), "seed \(seed)")
    }
  }

  @Test func `adverts that come steadily are counted as often as they come`() {
    var traffic = AdvertTraffic(AdvertTiers(window: .seconds(3600)))
    // One every 20 s for 20 hours: three a minute.
    for number in 0..<3600 as Range<Int64> { traffic.heard(at: at(number * 20)) }
    #expect(abs(traffic.perMinute(at: at(3600 * 20 - 10)) - 3) < 0.001)
  }

  @Test func `an instant before the last neither fades nor takes back`() {
    var traffic = AdvertTraffic(AdvertTiers(window: .seconds(60)))
    traffic.heard(at: at(100))
    #expect(traffic.perMinute(at: at(50)) == 1)
    traffic.heard(at: at(50))
    #expect(traffic.perMinute(at: at(100)) == 2)
  }

  @Test func `a tier begins at its number, and not below it`() {
    let tiers = AdvertTiers(normal: 0.05, busy: 0.2, congested: 0.5)
    #expect(tiers.tier(perMinute: 0) == .quiet)
    #expect(tiers.tier(perMinute: 0.05.nextDown) == .quiet)
    #expect(tiers.tier(perMinute: 0.05) == .normal)
    #expect(tiers.tier(perMinute: 0.2.nextDown) == .normal)
    #expect(tiers.tier(perMinute: 0.2) == .busy)
    #expect(tiers.tier(perMinute: 0.5.nextDown) == .busy)
    #expect(tiers.tier(perMinute: 0.5) == .congested)
  }

  @Test func `a tier is in force for its least time, to the nanosecond, and may skip others`() {
    // One advert is one a minute.
    var traffic = AdvertTraffic(
      AdvertTiers(window: .seconds(60), hold: .seconds(300), normal: 0.5, busy: 1.5, congested: 2.5)
    )
    func judge(_ seconds: Int64, _ nanoseconds: Int64 = 0) -> AdvertTier {
      traffic.judge(at: at(seconds, nanoseconds))
    }
    #expect(judge(5) == .quiet)
    traffic.heard(at: at(10))
    #expect(judge(10) == .normal, "the first change waits for nothing")
    #expect(judge(310, -1) == .normal)
    #expect(judge(310) == .quiet)
    for _ in 0..<9 { traffic.heard(at: at(610, -1)) }
    #expect(judge(610, -1) == .quiet)
    #expect(judge(610) == .congested)
    #expect(judge(910, -1) == .congested)
    #expect(judge(910) == .quiet)
  }

  @Test(.tags(.property), arguments: 0..<30 as Range<UInt64>)
  func `tiers change no sooner than they may, and are right when they may`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let hold = Int64.random(in: 0...1000, using: &random)
    let tiers = AdvertTiers(
      window: .seconds(300), hold: .seconds(hold), normal: 0.5, busy: 1, congested: 2)
    var traffic = AdvertTraffic(tiers)
    var now: Int64 = 0
    var change: (tier: AdvertTier, at: Int64)?
    for _ in 0..<1000 {
      now += Int64.random(in: 0...120, using: &random)
      if Bool.random(using: &random) { traffic.heard(at: at(now)) }
      let tier = traffic.judge(at: at(now))
      if let last = change {
        if tier != last.tier { #expect(now - last.at >= hold, "seed \(seed)") }
        if now - last.at >= hold {
          #expect(tier == tiers.tier(perMinute: traffic.perMinute(at: at(now))), "seed \(seed)")
        }
      }
      if tier != change?.tier ?? .quiet { change = (tier, now) }
    }
    #expect(change != nil, "seed \(seed)")
  }

  @Test func `what is left of a limit`() {
    let limit = AdvertRateLimit(burst: 10, interval: .seconds(100))
    #expect(limit.inForce(in: .quiet) == nil)
    #expect(limit.inForce(in: .normal) == limit)
    #expect(limit.inForce(in: .busy) == AdvertRateLimit(burst: 5, interval: .seconds(200)))
    #expect(limit.inForce(in: .congested) == AdvertRateLimit(burst: 2, interval: .seconds(400)))
    let least = AdvertRateLimit(burst: 1, interval: .seconds(100))
    #expect(least.inForce(in: .congested) == AdvertRateLimit(burst: 1, interval: .seconds(400)))
  }
}
