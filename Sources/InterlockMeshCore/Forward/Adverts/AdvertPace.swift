internal import Interlock

/// What an advertiser has left of its limit: a token bucket, kept as the instant when it is full again.
///
/// It is told the limit each time, so another one is in force at once.
///
/// *Source:* the virtual scheduling algorithm, ITU-T I.371 annex A; `TokenBucket` counts the same in
/// tokens.
struct AdvertPace: Sendable {
  /// When it is full; nil for always.
  private var full: Instant?

  /// Takes one advert's worth if there is as much.
  mutating func take(_ limit: AdvertRateLimit, at now: Instant) -> Bool {
    let interval = max(1, limit.interval.nanoseconds)
    let (mayBeMissing, overflow) = interval.multipliedReportingOverflow(
      by: Int64(max(1, limit.burst)) - 1)
    let start = full.map { max($0, now) } ?? now
    guard overflow || now.nanoseconds(to: start) <= mayBeMissing else { return false }
    full = start.advanced(byNanoseconds: interval)
    return true
  }
}
