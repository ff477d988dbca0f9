import Foundation

/// How much the tests try: by default, in the long run that `INTERLOCK_FULL=1` asks for, and in the
/// short one of `INTERLOCK_SHORT=1`.
package enum Schedules {
  /// Whether the long run was asked for.
  package static let isFull = isSet("INTERLOCK_FULL")
  /// Whether the short run was asked for: under a sanitizer, which looks at threads, not schedules.
  private static let isShort = isSet("INTERLOCK_SHORT")

  /// The seeds of a test that tries `count` schedules; ten times as many in the long run, a tenth in
  /// the short one.
  package static func seeds(_ count: UInt64 = 1000) -> Range<UInt64> {
    0..<(isFull ? count * 10 : isShort ? max(count / 10, 1) : count)
  }

  private static func isSet(_ variable: String) -> Bool {
    ProcessInfo.processInfo.environment[variable] == "1"
  }
}
