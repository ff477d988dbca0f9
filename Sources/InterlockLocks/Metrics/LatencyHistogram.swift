internal import Interlock

/// How often something took how long, in powers of two.
public struct LatencyHistogram: Sendable, Hashable {
  /// The upper ends of the buckets: 1 µs, 2 µs, 4 µs … about 9 hours; the last has no end.
  public static let bounds: [Duration] = (0..<36).map { .microseconds(Int64(1) << $0) }

  /// How often it took no longer than each bound, and longer than the one before; last, longer than all.
  public private(set) var counts = [Int](repeating: 0, count: Self.bounds.count + 1)
  private var total: Int64 = 0

  /// Nothing was measured.
  public init() {}

  /// How long it took altogether.
  public var sum: Duration { .nanoseconds(total) }

  /// How often it was measured.
  public var count: Int { counts.reduce(0, +) }

  /// Takes a measurement.
  mutating func record(from begin: Instant, to end: Instant) {
    let nanoseconds = begin.nanoseconds(to: end)
    total += nanoseconds
    let microseconds = UInt64(max(0, (nanoseconds + 999) / 1_000))
    let bucket = microseconds <= 1 ? 0 : UInt64.bitWidth - (microseconds - 1).leadingZeroBitCount
    counts[min(bucket, counts.count - 1)] += 1
  }
}
