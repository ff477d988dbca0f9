internal import Interlock

/// How long to wait before the next attempt to reach a server.
///
/// Doubles from `first` to `longest`; half of each wait is drawn, so that many clients that lost one server do not all come
/// back together.
package struct RemoteBackoff: Sendable {
  package static let first = Duration.milliseconds(50)
  package static let longest = Duration.seconds(5)

  private var random: SeededGenerator
  private var base = Self.first

  /// Nothing has failed yet.
  package init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// The wait before the next attempt.
  package mutating func next() -> Duration {
    let half = base / 2
    let drawn = Duration.nanoseconds(Int64.random(in: 0...half.nanoseconds, using: &random))
    base = min(base * 2, Self.longest)
    return half + drawn
  }

  /// The server was reached.
  package mutating func reset() { base = Self.first }
}
