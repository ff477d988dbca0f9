/// What the clock on the wall shows: how far it is from the time that goes on everywhere alike.
public protocol LocalCalendar: Sendable {
  /// How many seconds local time is ahead of UTC at a time.
  ///
  /// - Parameter seconds: Whole seconds since 1970-01-01 00:00 UTC.
  /// - Returns: seconds; negative west of Greenwich.
  func offset(at seconds: Int64) -> Int64
}

/// An hour and a minute on the clock on the wall.
public struct ClockTime: Sendable, Hashable {
  /// 0 to 23.
  public let hour: Int
  /// 0 to 59.
  public let minute: Int

  /// Reads `HH:MM`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let digits = text.utf8.map { Int($0) - 0x30 }
    guard digits.count == 5, digits[2] == 0x3A - 0x30,
      [digits[0], digits[1], digits[3], digits[4]].allSatisfy({ (0...9).contains($0) })
    else { return nil }
    hour = digits[0] * 10 + digits[1]
    minute = digits[3] * 10 + digits[4]
    guard hour < 24, minute < 60 else { return nil }
  }

  /// What the clock shows at the first full minute that is not before `time`.
  public init(notBefore time: StatusTime, in calendar: some LocalCalendar) {
    let shown = Self.fullMinute(notBefore: time)
    let (_, minutes) = Self.day(of: shown + calendar.offset(at: shown))
    hour = Int(minutes / 60)
    minute = Int(minutes % 60)
  }

  /// The first time after `time` at which the clock shows this.
  ///
  /// Where the clock is set back and shows it twice, the earlier of those that are left. Where it is set forward over
  /// it, as if it had not been.
  public func next(after time: StatusTime, in calendar: some LocalCalendar) -> StatusTime {
    // A span that no file's time goes beyond keeps every sum below far from overflow.
    let start = min(max(time.seconds, -Self.farthest), Self.farthest)
    let (today, _) = Self.day(of: start + calendar.offset(at: start))
    var best: Int64?
    // The clock may be set between yesterday and the day after tomorrow; it then has two offsets.
    let offsets = [start - 86_400, start, start + 86_400, start + 2 * 86_400]
      .map { calendar.offset(at: $0) }
    for day in today...(today + 2) {
      let local = day * 86_400 + Int64(hour * 60 + minute) * 60
      let shown = offsets.map { local - $0 }.filter { calendar.offset(at: $0) + $0 == local }
      // Never shown that day: counted on from the clock as it was before it was set.
      let times = shown.isEmpty ? [local - calendar.offset(at: local - 86_400)] : shown
      for candidate in times where StatusTime(microseconds: candidate * 1_000_000) > time {
        best = min(best ?? candidate, candidate)
      }
      if let best { return StatusTime(microseconds: best * 1_000_000) }
    }
    return time.advanced(by: .seconds(86_400))
  }

  private static let farthest: Int64 = 1 << 42

  private static func fullMinute(notBefore time: StatusTime) -> Int64 {
    let micro = time.microseconds
    let seconds = time.seconds + (micro % 1_000_000 == 0 ? 0 : 1)
    let bounded = min(max(seconds, -farthest), farthest)
    let (_, rest) = bounded.flooredDivision(by: 60)
    return rest == 0 ? bounded : bounded + 60 - rest
  }

  /// The day since 1970, and the minute in it.
  private static func day(of local: Int64) -> (day: Int64, minutes: Int64) {
    let (day, rest) = local.flooredDivision(by: 86_400)
    return (day, rest / 60)
  }
}

extension ClockTime: CustomStringConvertible {
  /// `HH:MM`.
  public var description: String {
    (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
  }
}

extension Int64 {
  /// Quotient and remainder, rounded down, also below zero.
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
