import InterlockLocks

/// Local time that is always as far from UTC.
struct FixedCalendar: LocalCalendar {
  var ahead: Int64 = 3600
  func offset(at seconds: Int64) -> Int64 { ahead }
}

/// Local time in Berlin in 2026: the clock goes forward on 29 March and back on 25 October, both at 01:00 UTC.
struct Berlin: LocalCalendar {
  static let forward: Int64 = 1_774_746_000
  static let back: Int64 = 1_792_890_000
  func offset(at seconds: Int64) -> Int64 {
    (Self.forward..<Self.back).contains(seconds) ? 7200 : 3600
  }
}

extension StatusTime {
  /// A number of seconds since 1970.
  init(seconds: Int64) { self.init(microseconds: seconds * 1_000_000) }
}
