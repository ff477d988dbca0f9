internal import Interlock

/// Counts of durations in fixed steps, from a millisecond to a minute.
public struct DurationHistogram: Sendable, Hashable {
  /// The upper end of each bucket, itself included; what is longer is counted after the last.
  public static let bounds: [Duration] = [
    .zero, .milliseconds(1), .milliseconds(2), .milliseconds(5), .milliseconds(10),
    .milliseconds(20), .milliseconds(50), .milliseconds(100), .milliseconds(200),
    .milliseconds(500), .seconds(1), .seconds(2), .seconds(5), .seconds(10), .seconds(20),
    .seconds(60),
  ]

  /// One count for each bound, and one for what is beyond them.
  public private(set) var counts = [UInt64](repeating: 0, count: DurationHistogram.bounds.count + 1)
  /// The sum of all durations.
  public private(set) var sum = Duration.zero

  /// Makes an empty histogram.
  public init() {}

  /// How many durations there were.
  public var count: UInt64 { counts.reduce(0, &+) }

  /// Counts one duration.
  public mutating func record(_ duration: Duration) {
    let bucket = Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count
    counts[bucket] += 1
    sum += duration
  }
}
