import Interlock
import TestSupport
import Testing

@testable import InterlockMeshCore

@Suite(.tags(.property)) struct AdvertPaceTests {
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `it grants exactly what a token bucket does`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let limit = AdvertRateLimit(
      burst: Int.random(in: 1...5, using: &random),
      interval: .nanoseconds(Int64.random(in: 1...20, using: &random)))
    var now = Instant(nanoseconds: Int64.random(in: -50...50, using: &random))
    var pace = AdvertPace()
    var bucket = TokenBucket(
      capacity: limit.burst, refilling: 1, every: limit.interval, at: now)
    for step in 0..<300 {
      let isTaken = pace.take(limit, at: now)
      #expect(isTaken == (bucket.take(at: now) == .taken), "seed \(seed), step \(step)")
      now = now.advanced(byNanoseconds: Int64.random(in: 0...12, using: &random))
    }
  }

  @Test func `another limit is in force at once, for what is left`() {
    var pace = AdvertPace()
    let limit = AdvertRateLimit(burst: 2, interval: .nanoseconds(10))
    let tighter = AdvertRateLimit(burst: 1, interval: .nanoseconds(20))
    func take(_ limit: AdvertRateLimit, _ nanoseconds: Int64) -> Bool {
      pace.take(limit, at: Instant(nanoseconds: nanoseconds))
    }
    #expect(take(limit, 0))
    #expect(!take(tighter, 9))
    #expect(take(limit, 9))
    #expect(!take(tighter, 19))
    #expect(take(tighter, 20))
    #expect(!take(limit, 29))
    #expect(take(limit, 30))
  }

  @Test func `limits beyond all time allow everything`() {
    var pace = AdvertPace()
    let limit = AdvertRateLimit(burst: .max, interval: .seconds(Int64.max))
    for _ in 0..<3 {
      let isTaken = pace.take(limit, at: .distantFuture)
      #expect(isTaken)
    }
  }
}
