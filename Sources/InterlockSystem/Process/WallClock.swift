internal import Glibc

/// The time of day, which may jump: for stamps that people and other machines read, and nothing else.
///
/// Whatever waits or measures uses a `MonotonicClock`. This is the one place that reads the other.
package enum WallClock {
  /// Nanoseconds since 1970-01-01 00:00 UTC.
  package static var nanoseconds: Int64 {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  /// Whole seconds since 1970-01-01 00:00 UTC.
  package static var seconds: Int64 { nanoseconds / 1_000_000_000 }
}

/// A point in time as people and other machines read it: "2026-11-20T09:15:02.041Z".
package struct Timestamp: Sendable, Hashable, CustomStringConvertible {
  /// Nanoseconds since 1970-01-01 00:00 UTC.
  package var nanoseconds: Int64

  /// Makes a time stamp.
  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The present time.
  package static var now: Timestamp { Timestamp(nanoseconds: WallClock.nanoseconds) }

  /// The stamp in the form of RFC 3339, in UTC, to the millisecond.
  package var description: String {
    let milliseconds = nanoseconds.flooredDivision(by: 1_000_000)
    let seconds = milliseconds.flooredDivision(by: 1000)
    let days = seconds.flooredDivision(by: 86_400)
    let second = seconds - days * 86_400
    let (year, month, day) = Self.date(days: days)
    func digits(_ value: Int64, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))T"
      + "\(digits(second / 3600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2))"
      + ".\(digits(milliseconds - seconds * 1000, 3))Z"
  }

  /// The civil date that many days after 1970-01-01.
  ///
  /// *Source:* H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`: years
  /// are counted from March, so that the leap day is the last of its year.
  private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

extension Int64 {
  /// The quotient rounded down, also below zero.
  fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
