/// A time of day that people and other machines read: what statuses begin and end at.
///
/// It may jump where it is taken from the machine's wall clock; whoever waits uses a `MonotonicClock`.
public struct StatusTime: Sendable, Hashable, Comparable {
  /// Microseconds since 1970-01-01 00:00 UTC; below 2⁵³ until the year 2255.
  public var microseconds: Int64

  /// A time.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Whether `left` comes first.
  public static func < (left: StatusTime, right: StatusTime) -> Bool {
    left.microseconds < right.microseconds
  }

  /// The time `duration` later, saturating at the ends of the range.
  public func advanced(by duration: Duration) -> StatusTime {
    let (seconds, attoseconds) = duration.components
    let (whole, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (delta, tooLong) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    guard !tooLarge, !tooLong else {
      return StatusTime(microseconds: seconds < 0 ? .min : .max)
    }
    let (sum, overflow) = microseconds.addingReportingOverflow(delta)
    return StatusTime(microseconds: overflow ? (delta < 0 ? .min : .max) : sum)
  }

  /// The time from this one to `other`, saturating; positive when `other` is later.
  public func duration(to other: StatusTime) -> Duration {
    let (difference, overflow) = other.microseconds.subtractingReportingOverflow(microseconds)
    return .microseconds(overflow ? (other < self ? .min : .max) : difference)
  }

  /// Whole seconds since 1970, rounded down.
  var seconds: Int64 {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
