internal import Glibc

/// What the clock on the wall shows on this machine.
package enum LocalTime {
  /// How far local time is ahead of UTC at a time.
  ///
  /// - Parameter seconds: Whole seconds since 1970-01-01 00:00 UTC.
  /// - Returns: seconds; negative west of Greenwich.
  package static func offset(at seconds: Int64) -> Int64 {
    tzset()
    var time = time_t(seconds)
    var local = unsafe tm()
    // Only a year beyond what fits an int cannot be told.
    guard unsafe localtime_r(&time, &local) != nil else { return 0 }
    return unsafe Int64(local.tm_gmtoff)
  }
}
