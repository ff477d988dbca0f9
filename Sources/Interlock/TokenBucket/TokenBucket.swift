/// A rate limit that allows bursts: tokens come at a steady rate up to a capacity, and each use
/// takes some.
///
/// Pure: it has no clock and does not wait. What is missing is counted in units so small that both a
/// nanosecond and a token are whole numbers of them, so no rounding ever adds up: between any two
/// instants it grants at most `capacity + floor(elapsed · rate)` tokens, however it is asked. An
/// instant before one already seen is harmless: it neither refills nor takes back.
///
/// ```swift
/// var adverts = TokenBucket(capacity: 4, refilling: 1, every: .seconds(30), at: clock.now)
/// switch adverts.take(1, at: clock.now) {
/// case .taken: send()
/// case .notBefore(let instant): schedule(at: instant)
/// case .never: drop()
/// }
/// ```
///
/// *Complexity:* constant.
///
/// *Source:* the continuous-state leaky bucket algorithm, ITU-T I.371 annex A.
public struct TokenBucket: Sendable, Hashable {
  /// The answer to a request for tokens.
  public enum Admission: Sendable, Hashable {
    /// The tokens are taken.
    case taken
    /// There are too few; at this instant, and not a nanosecond earlier, there will be enough if
    /// nobody else takes any.
    case notBefore(Instant)
    /// More were asked for than the bucket holds when full.
    case never
  }

  /// What happened since the bucket was made.
  public struct Statistics: Sendable, Hashable {
    /// Tokens taken.
    public internal(set) var taken = 0
    /// Requests that found too few tokens.
    public internal(set) var refused = 0
  }

  /// How many tokens a full bucket holds.
  public let capacity: Int
  /// What happened since the bucket was made.
  public private(set) var statistics = Statistics()

  /// Units in a token.
  private let unitsPerToken: Int64
  /// Units that come back in a nanosecond.
  private let unitsPerNanosecond: Int64
  /// Units missing from a full bucket at `asOf`.
  private var missing: Int64 = 0
  /// The latest instant seen.
  private var asOf: Instant

  /// Makes a full bucket.
  ///
  /// - Parameters:
  ///   - capacity: how many tokens it holds, at least one; the size of the largest burst.
  ///   - tokens: how many come back in each interval, at least one.
  ///   - interval: how long that takes, at least a nanosecond. A full refill may take up to about
  ///     292 years, times `tokens`.
  ///   - now: the present instant.
  public init(
    capacity: Int, refilling tokens: Int, every interval: Duration, at now: Instant
  ) {
    precondition(capacity > 0, "a token bucket holds at least one token, not \(capacity)")
    precondition(tokens > 0, "a token bucket refills by at least one token, not \(tokens)")
    precondition(
      interval >= .nanoseconds(1), "a token bucket refills in a nanosecond or more, not \(interval)"
    )
    let divisor = Self.greatestCommonDivisor(Int64(tokens), interval.nanoseconds)
    unitsPerToken = interval.nanoseconds / divisor
    unitsPerNanosecond = Int64(tokens) / divisor
    // So that what is missing and what is asked for can be added.
    precondition(
      unitsPerToken.multipliedReportingOverflow(by: Int64(capacity)).partialValue <= .max / 2
        && !unitsPerToken.multipliedReportingOverflow(by: Int64(capacity)).overflow,
      "a bucket of \(capacity) tokens, \(tokens) every \(interval), takes too long to fill")
    self.capacity = capacity
    asOf = now
  }

  /// Takes tokens if there are enough; looking and taking are one step.
  ///
  /// - Parameters:
  ///   - count: how many, not negative.
  ///   - now: the present instant.
  /// - Returns: whether they are taken, or when they could be.
  public mutating func take(_ count: Int = 1, at now: Instant) -> Admission {
    refill(at: now)
    let answer = admission(of: count)
    switch answer {
    case .taken:
      missing += Int64(count) * unitsPerToken
      statistics.taken += count
    case .notBefore, .never:
      statistics.refused += 1
    }
    return answer
  }

  /// The whole tokens that could be taken at this instant.
  public func available(at now: Instant) -> Int {
    var bucket = self
    bucket.refill(at: now)
    return capacity - Int((bucket.missing + unitsPerToken - 1) / unitsPerToken)
  }

  private func admission(of count: Int) -> Admission {
    precondition(count >= 0, "a request for \(count) tokens")
    guard count <= capacity else { return .never }
    let short = missing + (Int64(count) - Int64(capacity)) * unitsPerToken
    guard short > 0 else { return .taken }
    // Rounded up: a nanosecond earlier there is still a unit too few.
    let wait = (short - 1) / unitsPerNanosecond + 1
    return .notBefore(asOf.advanced(byNanoseconds: wait))
  }

  private mutating func refill(at now: Instant) {
    guard now > asOf else { return }
    let (gained, overflow) = asOf.nanoseconds(to: now).multipliedReportingOverflow(
      by: unitsPerNanosecond)
    missing = overflow ? 0 : max(0, missing - gained)
    asOf = now
  }

  private static func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
  }
}
