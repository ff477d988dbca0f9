internal import Interlock

/// At most so many events in any stretch of time.
struct SlidingLimit: Sendable {
  private let window: Duration
  private let count: Int
  /// When the last `count` were, oldest first.
  private var times: [Instant] = []

  init(_ count: Int, per window: Duration) {
    self.count = count
    self.window = window
    times.reserveCapacity(count)
  }

  /// Counts one more if it is allowed; asking and counting are one step.
  mutating func take(at now: Instant) -> Bool {
    if times.count == count {
      guard let oldest = times.first, oldest.duration(to: now) >= window else { return false }
      times.removeFirst()
    }
    times.append(now)
    return true
  }
}
