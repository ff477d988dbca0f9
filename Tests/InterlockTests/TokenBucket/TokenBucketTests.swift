import Interlock
import Testing

@Suite struct TokenBucketTests {
  private func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

  @Test func `a burst up to the capacity passes, and then one token each interval`() {
    var bucket = TokenBucket(capacity: 3, refilling: 1, every: .seconds(10), at: at(5))
    for _ in 0..<3 { #expect(bucket.take(at: at(5)) == .taken) }
    #expect(bucket.take(at: at(5)) == .notBefore(at(10_000_000_005)))
    #expect(bucket.take(at: at(10_000_000_004)) == .notBefore(at(10_000_000_005)))
    #expect(bucket.take(at: at(10_000_000_005)) == .taken)
    #expect(bucket.take(2, at: at(10_000_000_005)) == .notBefore(at(30_000_000_005)))
    #expect(bucket.statistics.taken == 4)
    #expect(bucket.statistics.refused == 3)
  }

  @Test func `more than the capacity never fits, and says so`() {
    var bucket = TokenBucket(capacity: 3, refilling: 1, every: .seconds(10), at: at(0))
    #expect(bucket.take(4, at: at(0)) == .never)
    #expect(bucket.take(3, at: at(0)) == .taken)
  }

  @Test func `a stale or repeated instant neither refills nor takes back`() {
    var bucket = TokenBucket(capacity: 2, refilling: 1, every: .nanoseconds(10), at: at(100))
    #expect(bucket.take(2, at: at(100)) == .taken)
    #expect(bucket.available(at: at(110)) == 1)
    #expect(bucket.take(at: at(50)) == .notBefore(at(110)))
    #expect(bucket.take(at: at(110)) == .taken)
    #expect(bucket.take(at: at(90)) == .notBefore(at(120)))
    #expect(bucket.take(at: at(110)) == .notBefore(at(120)))
    #expect(bucket.available(at: .distantFuture) == 2)
    #expect(bucket.available(at: at(.min)) == 0)
  }

  @Test func `a third of a token is not lost, however often it is asked for`() {
    // 3 tokens in 10 ns: one at 3⅓ ns. Asked every nanosecond, 3000 come in 10 000 ns, not fewer.
    var bucket = TokenBucket(capacity: 1, refilling: 3, every: .nanoseconds(10), at: at(0))
    #expect(bucket.take(at: at(0)) == .taken)
    let taken = (1...10_000).filter { bucket.take(at: at(Int64($0))) == .taken }.count
    #expect(taken == 2500)  // a token each 4 ns: capacity 1 throws the surplus away
    var deep = TokenBucket(capacity: 10, refilling: 3, every: .nanoseconds(10), at: at(0))
    _ = deep.take(10, at: at(0))
    var total = 0
    for now in 1...10_000 { while deep.take(at: at(Int64(now))) == .taken { total += 1 } }
    #expect(total == 3000)
  }

  /// The oracle counts in exact fractions: units of 1/interval of a token, as unbounded sums.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `it agrees with exact fractions, and the instant it names is the first that fits`(
    seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed)
    let capacity = Int.random(in: 1...8, using: &generator)
    let tokens = Int.random(in: 1...7, using: &generator)
    let interval = Int.random(in: 1...30, using: &generator)
    var bucket = TokenBucket(
      capacity: capacity, refilling: tokens, every: .nanoseconds(interval), at: at(0))
    var level = capacity * interval
    var latest = 0
    for _ in 0..<300 {
      let now = latest + Int.random(in: -3...12, using: &generator)
      if now > latest {
        level = min(capacity * interval, level + (now - latest) * tokens)
        latest = now
      }
      #expect(bucket.available(at: at(Int64(now))) == level / interval, "seed \(seed)")
      let count = Int.random(in: 0...capacity + 1, using: &generator)
      switch bucket.take(count, at: at(Int64(now))) {
      case .taken:
        #expect(level >= count * interval, "seed \(seed)")
        level -= count * interval
      case .never:
        #expect(count > capacity, "seed \(seed)")
      case .notBefore(let instant):
        #expect(level < count * interval, "seed \(seed)")
        let wait = Int(instant.nanoseconds) - latest
        #expect(level + wait * tokens >= count * interval, "seed \(seed): too early")
        #expect(level + (wait - 1) * tokens < count * interval, "seed \(seed): too late")
      }
    }
  }

  @Test func `the ends of time and large buckets do not overflow`() {
    var bucket = TokenBucket(
      capacity: 1_000_000, refilling: 999_983, every: .seconds(1), at: at(.min))
    #expect(bucket.take(1_000_000, at: at(.min)) == .taken)
    #expect(bucket.take(1_000_000, at: .distantFuture) == .taken)
    guard case .notBefore(let instant) = bucket.take(at: .distantFuture) else {
      Issue.record("taken twice")
      return
    }
    #expect(instant == .distantFuture)
  }
}
