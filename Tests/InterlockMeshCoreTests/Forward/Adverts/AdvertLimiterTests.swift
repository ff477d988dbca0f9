import Interlock
import TestSupport
import Testing

@testable import InterlockMeshCore

@Suite struct AdvertLimiterTests {
  private let limit = AdvertRateLimit(burst: 2, interval: .seconds(100))
  private let node = KeyPrefix([1, 2, 3, 4])

  private func at(_ seconds: Int64) -> Instant { Instant.origin.advanced(by: .seconds(seconds)) }

  @Test func `who signs more often than allowed has exceeded the limit, once an advert`() {
    var limiter = AdvertLimiter()
    func judge(_ timestamp: UInt32, _ seconds: Int64) -> AdvertLimiter.Answer {
      limiter.judge(node, signedAt: timestamp, limit: limit, inForce: limit, at: at(seconds))
    }
    #expect(judge(1000, 0) == .allowed)
    #expect(judge(1001, 1) == .allowed)
    #expect(judge(1002, 2) == .exceeded)
    #expect(judge(1002, 3) == .tooSoon, "a copy of it")
    #expect(judge(1001, 3) == .tooSoon, "an older one")
    #expect(judge(1003, 4) == .exceeded)
    // By its own times there is one again at 1100, by ours at 100.
    #expect(judge(1099, 99) == .exceeded)
    #expect(judge(1100, 99) == .tooSoon)
    #expect(judge(1101, 100) == .allowed)
  }

  @Test func `adverts that others hold back and send at once are no excess`() {
    var limiter = AdvertLimiter()
    let answers = (0..<6).map { number in
      limiter.judge(
        node, signedAt: 1000 + 100 * number, limit: limit, inForce: limit, at: at(Int64(number)))
    }
    #expect(answers == [.allowed, .allowed, .tooSoon, .tooSoon, .tooSoon, .tooSoon])
  }

  @Test func `an advertiser whose time others have used up is not to blame for its next advert`() {
    var limiter = AdvertLimiter()
    func judge(_ timestamp: UInt32, _ seconds: Int64) -> AdvertLimiter.Answer {
      limiter.judge(node, signedAt: timestamp, limit: limit, inForce: limit, at: at(seconds))
    }
    #expect(judge(1000, 0) == .allowed)
    #expect(judge(1000, 5) == .allowed, "repeated by somebody, forgotten as seen")
    #expect(judge(1050, 50) == .tooSoon)
    #expect(judge(1100, 99) == .tooSoon)
  }

  @Test func `a limit that is tightened for all blames nobody who keeps to the whole`() {
    var limiter = AdvertLimiter()
    let tightened = limit.inForce(in: .congested)
    let answers = (0..<8).map { number in
      limiter.judge(
        node, signedAt: 100 * number, limit: limit, inForce: tightened,
        at: at(100 * Int64(number)))
    }
    #expect(
      answers == [
        .allowed, .tooSoon, .tooSoon, .tooSoon, .allowed, .tooSoon, .tooSoon, .tooSoon,
      ])
  }

  @Test func `without a limit in force all is allowed, and who exceeds it is known after`() {
    var limiter = AdvertLimiter()
    func judge(_ timestamp: UInt32, inForce: AdvertRateLimit?) -> AdvertLimiter.Answer {
      limiter.judge(node, signedAt: timestamp, limit: limit, inForce: inForce, at: .origin)
    }
    for timestamp in 0..<9 as Range<UInt32> {
      #expect(judge(timestamp, inForce: nil) == .allowed)
    }
    #expect(judge(9, inForce: limit) == .allowed)
    #expect(judge(10, inForce: limit) == .allowed)
    #expect(judge(11, inForce: limit) == .exceeded)
  }

  @Test(.tags(.property), arguments: 0..<40 as Range<UInt64>)
  func `whoever keeps to the limit is never to blame, whatever is repeated`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let limit = AdvertRateLimit(
      burst: Int.random(in: 1...4, using: &random),
      interval: .seconds(Int.random(in: 1...50, using: &random)))
    // What it signs, as a token bucket of its own allows.
    var signed: [UInt32] = []
    var bucket = TokenBucket(
      capacity: limit.burst, refilling: 1, every: limit.interval, at: .origin)
    for second in 0..<2000 where Int.random(in: 0..<4, using: &random) == 0 {
      if bucket.take(at: at(Int64(second))) == .taken { signed.append(UInt32(second)) }
    }
    var limiter = AdvertLimiter()
    var now = Instant.origin
    for _ in 0..<2000 {
      now = now.advanced(by: .milliseconds(Int.random(in: 0...2000, using: &random)))
      // Others come by, so that now and then the limiter forgets it.
      let isOther = Int.random(in: 0..<2, using: &random) == 0
      let node = isOther ? KeyPrefix(random.bytes(8)) : node
      let timestamp = signed.randomElement(using: &random) ?? 0
      let answer = limiter.judge(node, signedAt: timestamp, limit: limit, inForce: limit, at: now)
      #expect(answer != .exceeded, "seed \(seed)")
    }
  }

  @Test func `the advertiser that came first makes room for the 513th`() {
    var limiter = AdvertLimiter()
    let nodes = (0...512).map { KeyPrefix([UInt8($0 >> 8), UInt8($0 & 0xFF)]) }
    func judge(_ node: KeyPrefix) -> AdvertLimiter.Answer {
      limiter.judge(
        node, signedAt: 1, limit: limit, inForce: AdvertRateLimit(burst: 1), at: .origin)
    }
    for node in nodes { #expect(judge(node) == .allowed) }
    #expect(judge(nodes[1]) == .tooSoon)
    #expect(judge(nodes[0]) == .allowed)
    #expect(judge(nodes[1]) == .allowed)
    #expect(judge(nodes[512]) == .tooSoon)
  }
}
