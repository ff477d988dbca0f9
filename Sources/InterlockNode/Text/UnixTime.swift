/// Wall-clock seconds as people write them.
package enum UnixTime {
  /// `2026-11-20 09:39:35`, in UTC.
  package static func text(_ seconds: Int64) -> String {
    let (days, second) = floorDivide(seconds, by: 86_400)
    let (year, month, day) = date(daysSince1970: days)
    let time = [second / 3600, second / 60 % 60, second % 60].map(twoDigits)
    let padding = String(repeating: "0", count: max(0, 4 - "\(year)".count))
    return "\(padding)\(year)-\(twoDigits(month))-\(twoDigits(day)) \(time.joined(separator: ":"))"
  }

  /// `2026-11-20T09:39:35.123Z`, as programs read it.
  package static func iso8601(nanoseconds: Int64) -> String {
    let (seconds, rest) = floorDivide(nanoseconds, by: 1_000_000_000)
    let digits = "\(rest / 1_000_000)"
    let padding = String(repeating: "0", count: 3 - digits.count)
    return text(seconds).replacing(" ", with: "T") + ".\(padding)\(digits)Z"
  }

  /// The Gregorian date of a day.
  ///
  /// *Source:* the year is counted from March in eras of 400 years, so that the leap day comes last
  /// and month lengths follow one linear rule (H. Hinnant, "chrono-compatible low-level date
  /// algorithms").
  private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func floorDivide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
