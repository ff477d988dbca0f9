import Foundation

/// How much the tests try, by default and in the long run that `INTERLOCK_FULL=1` asks for.
package enum Schedules {
  /// Whether the long run was asked for.
  package static let isFull = ProcessInfo.processInfo.environment["INTERLOCK_FULL"] == "1"

  /// The seeds of a test that tries `count` schedules; ten times as many in the long run.
  package static func seeds(_ count: UInt64 = 1000) -> Range<UInt64> {
    0..<(isFull ? count * 10 : count)
  }
}
