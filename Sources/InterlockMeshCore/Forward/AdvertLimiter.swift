internal import Interlock

/// How often the adverts of each advertiser are passed on; bounded.
struct AdvertLimiter: Sendable {
  /// Advertisers that are told apart; beyond that the one that came first is forgotten.
  private static let capacity = 512

  private let limit: AdvertRateLimit
  private var buckets: [KeyPrefix: TokenBucket] = [:]
  private var order: [KeyPrefix] = []
  private var nextEviction = 0

  init(_ limit: AdvertRateLimit) {
    self.limit = limit
  }

  /// Counts one more advert of a node if it is allowed.
  mutating func take(_ node: KeyPrefix, at now: Instant) -> Bool {
    var bucket =
      buckets[node]
      ?? TokenBucket(
        capacity: max(1, limit.burst), refilling: 1,
        every: max(limit.interval, .nanoseconds(1)), at: now)
    let isAllowed = bucket.take(at: now) == .taken
    if buckets.updateValue(bucket, forKey: node) == nil { remember(node) }
    return isAllowed
  }

  private mutating func remember(_ node: KeyPrefix) {
    guard order.count == Self.capacity else {
      order.append(node)
      return
    }
    buckets[order[nextEviction]] = nil
    order[nextEviction] = node
    nextEviction = (nextEviction + 1) % Self.capacity
  }
}
