internal import Interlock

/// How often the adverts of each advertiser are passed on, and who is to blame when they come more
/// often; bounded.
///
/// An advert that arrives too soon is not passed on, whoever sent it: anyone can repeat the adverts of
/// another node. The advertiser itself is to blame only if it says so: the times it has signed, each
/// later than the one before, exceed the limit by themselves. Whoever keeps to its limit is therefore
/// never to blame, whatever is repeated, in whatever order, and whatever was forgotten here: adverts
/// picked from those within a limit are within it. A node that lies about the time escapes the blame,
/// but not the limit.
struct AdvertLimiter: Sendable {
  /// What comes of one more advert.
  enum Answer: Sendable, Hashable {
    /// It may be passed on, and is counted.
    case allowed
    /// It comes too soon.
    case tooSoon
    /// It comes too soon, and by its own account the advertiser has exceeded the limit once more.
    case exceeded
  }

  private struct Advertiser {
    /// By when its adverts were passed on.
    var relayed = AdvertPace()
    /// By the times it signed.
    var signed = AdvertPace()
    /// The latest of them.
    var latest: UInt32?

    /// Whether the advertiser itself exceeds the limit with this advert, which counts once.
    mutating func exceeds(_ limit: AdvertRateLimit, with timestamp: UInt32) -> Bool {
      if let latest, timestamp <= latest { return false }
      latest = timestamp
      let signedAt = Instant(nanoseconds: Int64(timestamp) * 1_000_000_000)
      return !signed.take(limit, at: signedAt)
    }
  }

  /// Advertisers that are told apart; beyond that the one that came first is forgotten.
  private static let capacity = 512

  private var advertisers: [KeyPrefix: Advertiser] = [:]
  private var order: [KeyPrefix] = []
  private var nextEviction = 0

  /// Judges one more advert of a node, whose signature holds.
  ///
  /// - Parameters:
  ///   - node: The advertiser.
  ///   - timestamp: When it says it has signed, Unix seconds.
  ///   - limit: What it is to keep to.
  ///   - inForce: What is left of that at present, for all of them; nil for no limit.
  ///   - now: The present instant.
  /// - Returns: What comes of it.
  mutating func judge(
    _ node: KeyPrefix, signedAt timestamp: UInt32, limit: AdvertRateLimit,
    inForce: AdvertRateLimit?, at now: Instant
  ) -> Answer {
    if advertisers[node] == nil { makeRoom(for: node) }
    let exceeds = advertisers[node, default: Advertiser()].exceeds(limit, with: timestamp)
    let isInTime =
      inForce.map { advertisers[node, default: Advertiser()].relayed.take($0, at: now) } ?? true
    return isInTime ? .allowed : exceeds ? .exceeded : .tooSoon
  }

  private mutating func makeRoom(for node: KeyPrefix) {
    guard order.count == Self.capacity else {
      order.append(node)
      return
    }
    advertisers[order[nextEviction]] = nil
    order[nextEviction] = node
    nextEviction = (nextEviction + 1) % Self.capacity
  }
}
