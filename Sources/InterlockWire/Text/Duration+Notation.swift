extension Duration {
  /// Reads `250ms`, `1.5s`, `30s`, `5m`, `1h`; a bare number is seconds.
  ///
  /// Nil for anything else: a sign, an exponent, another unit, more than nanoseconds resolve, or
  /// more than a hundred years.
  package init?(notation text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let nanosecondsPerUnit: Int64
    switch text.dropFirst(number.count) {
    case "ms": nanosecondsPerUnit = 1_000_000
    case "", "s": nanosecondsPerUnit = 1_000_000_000
    case "m": nanosecondsPerUnit = 60_000_000_000
    case "h": nanosecondsPerUnit = 3_600_000_000_000
    default: return nil
    }
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let wholeText = parts.first, let whole = Int64(wholeText),
      whole <= Self.mostSeconds
    else { return nil }
    let (wholeNanoseconds, overflow) = whole.multipliedReportingOverflow(by: nanosecondsPerUnit)
    guard !overflow else { return nil }
    var nanoseconds = wholeNanoseconds
    if parts.count == 2 {
      guard !parts[1].isEmpty, parts[1].count <= 9, let digits = Int64(parts[1]) else { return nil }
      let scale = parts[1].reduce(Int64(1)) { scale, _ in scale * 10 }
      // In two parts, so that nine digits of hours stay inside 64 bits.
      let fraction =
        digits * (nanosecondsPerUnit / scale) + digits * (nanosecondsPerUnit % scale) / scale
      nanoseconds += fraction
    }
    guard nanoseconds <= Self.mostSeconds * 1_000_000_000 else { return nil }
    self = .nanoseconds(nanoseconds)
  }

  /// The shortest form `init(notation:)` reads back as the same duration, to the nanosecond.
  package var notation: String {
    let nanoseconds = wholeNanoseconds
    guard nanoseconds > 0 else { return "0" }
    for (unit, size) in [("h", Int64(3_600_000_000_000)), ("m", 60_000_000_000)]
    where nanoseconds.isMultiple(of: size) {
      return "\(nanoseconds / size)\(unit)"
    }
    if nanoseconds < 1_000_000_000, nanoseconds.isMultiple(of: 1_000_000) {
      return "\(nanoseconds / 1_000_000)ms"
    }
    let fraction = nanoseconds % 1_000_000_000
    guard fraction > 0 else { return "\(nanoseconds / 1_000_000_000)s" }
    var digits = String(fraction + 1_000_000_000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(nanoseconds / 1_000_000_000).\(digits)s"
  }

  /// The duration for a reader: `12 µs`, `412.3 ms`, `17.31 s`, `5 min 03 s`, `2 h 05 min`.
  package var forReading: String {
    let microseconds = wholeNanoseconds / 1000
    switch microseconds {
    case ..<0: return "-" + (.zero - self).forReading
    case ..<1000: return "\(microseconds) µs"
    case ..<1_000_000: return "\(Self.decimal(microseconds, per: 1000, digits: 1)) ms"
    case ..<60_000_000: return "\(Self.decimal(microseconds, per: 1_000_000, digits: 2)) s"
    case ..<3_600_000_000:
      let seconds = microseconds / 1_000_000
      return "\(seconds / 60) min \(Self.twoDigits(seconds % 60)) s"
    default:
      let minutes = microseconds / 60_000_000
      return "\(minutes / 60) h \(Self.twoDigits(minutes % 60)) min"
    }
  }

  /// A hundred years: longer is a mistake, and it keeps every sum far from overflow.
  private static var mostSeconds: Int64 { 100 * 366 * 24 * 3600 }

  /// In nanoseconds, cut off; durations of this program are below a hundred years.
  package var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue
      &+ attoseconds / 1_000_000_000
  }

  private static func decimal(_ value: Int64, per unit: Int64, digits: Int) -> String {
    let scale = (0..<digits).reduce(Int64(1)) { scale, _ in scale * 10 }
    let fraction = value % unit * scale / unit
    let padding = String(repeating: "0", count: max(0, digits - String(fraction).count))
    return "\(value / unit).\(padding)\(fraction)"
  }

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
