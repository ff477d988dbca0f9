internal import Interlock

/// How long to wait before the next attempt to reach a device.
///
/// Doubles from `first` to `longest`; half of each wait is drawn, so that many hosts that lost one
/// server do not all come back together.
struct ReconnectBackoff: Sendable {
  static let first = Duration.milliseconds(500)
  static let longest = Duration.seconds(30)
  /// A link that worked this long starts the series anew.
  static let proven = Duration.seconds(10)

  private var random: SeededGenerator
  private var base = Self.first

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
  }

  /// The wait before the next attempt.
  mutating func next() -> Duration {
    let half = base / 2
    let drawn = Duration.nanoseconds(Int64.random(in: 0...half.nanoseconds, using: &random))
    base = min(base * 2, Self.longest)
    return half + drawn
  }

  /// Takes note of how long a link worked.
  mutating func linkWorked(for duration: Duration) {
    if duration >= Self.proven { base = Self.first }
  }
}
