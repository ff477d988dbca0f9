/// A point on a monotonic clock, in whole nanoseconds since that clock's own origin.
///
/// Instants of different clocks must not be compared; nothing in Interlock does. The type is plain
/// data so that machines can be driven with invented times.
public struct Instant: Sendable, Hashable, Comparable, InstantProtocol {
  /// Nanoseconds since the clock's origin.
  public var nanoseconds: Int64

  /// Makes an instant from nanoseconds since the clock's origin.
  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The clock's origin.
  @inlinable
  public static var origin: Instant { Instant(nanoseconds: 0) }

  /// The instant after every other: a deadline that never comes.
  @inlinable
  public static var distantFuture: Instant { Instant(nanoseconds: .max) }

  /// Whether `left` comes first.
  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The instant `duration` later (earlier when negative), saturating at the ends of the range.
  @inlinable
  public func advanced(by duration: Duration) -> Instant {
    advanced(byNanoseconds: duration.nanoseconds)
  }

  /// The time from this instant to `other`: positive when `other` is later.
  @inlinable
  public func duration(to other: Instant) -> Duration {
    .nanoseconds(nanoseconds(to: other))
  }

  /// The instant that many nanoseconds later, saturating at the ends of the range.
  @inlinable
  public func advanced(byNanoseconds delta: Int64) -> Instant {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(delta)
    return Instant(nanoseconds: overflow ? (delta < 0 ? .min : .max) : sum)
  }

  /// Nanoseconds from this instant to `other`, saturating; positive when `other` is later.
  @inlinable
  public func nanoseconds(to other: Instant) -> Int64 {
    let (difference, overflow) = other.nanoseconds.subtractingReportingOverflow(nanoseconds)
    return overflow ? (other.nanoseconds < nanoseconds ? .min : .max) : difference
  }
}

extension Duration {
  /// The duration in whole nanoseconds, rounded toward zero and saturating (about 292 years).
  @inlinable
  public var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || overflowed ? (seconds < 0 ? .min : .max) : sum
  }
}
