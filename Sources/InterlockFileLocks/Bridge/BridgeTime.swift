package import InterlockLocks
internal import InterlockSystem

/// Times as the legacy programs write them: ISO 8601 in UTC, to the microsecond.
package enum BridgeTime {
  /// `2026-03-01T16:00:00.123456+00:00`.
  package static func text(_ time: StatusTime) -> String {
    let stamp = Timestamp(nanoseconds: time.microseconds &* 1000).description
    let rest = ((time.microseconds % 1_000_000) + 1_000_000) % 1_000_000
    let digits = String(rest + 1_000_000).dropFirst()
    return "\(stamp.prefix(19)).\(digits)+00:00"
  }

  /// Reads that, with or without microseconds and the offset; nil for anything else.
  package static func parse(_ text: String) -> StatusTime? {
    var rest = Array(text.utf8)[...]
    while let last = rest.last, last == 0x0A || last == 0x0D || last == 0x20 { rest.removeLast() }
    func number(_ count: Int, _ range: ClosedRange<Int64>) -> Int64? {
      let digits = rest.prefix(count)
      guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      rest = rest.dropFirst(count)
      let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
      return range.contains(value) ? value : nil
    }
    func skip(_ characters: String) -> Bool {
      guard let first = rest.first, characters.utf8.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    guard let year = number(4, 1970...9999), skip("-"), let month = number(2, 1...12), skip("-"),
      let day = number(2, 1...31), skip("T "), let hour = number(2, 0...23), skip(":"),
      let minute = number(2, 0...59), skip(":"), let second = number(2, 0...60)
    else { return nil }
    var micro: Int64 = 0
    if skip(".") {
      guard let digits = number(6, 0...999_999) else { return nil }
      micro = digits
    }
    guard rest.isEmpty || rest.elementsEqual("Z".utf8) || rest.elementsEqual("+00:00".utf8) else {
      return nil
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
    return StatusTime(microseconds: seconds * 1_000_000 + micro)
  }

  /// Days from 1970-01-01 to a civil date from there on.
  ///
  /// *Source:* H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`: years are counted from
  /// March, so that the leap day is the last of its year.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = (shifted / 400, shifted % 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
