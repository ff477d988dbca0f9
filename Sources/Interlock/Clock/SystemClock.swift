internal import CInterlock

/// The machine's monotonic clock, which keeps counting while the machine is suspended.
///
/// *Source:* `CLOCK_BOOTTIME` on Linux, `CLOCK_MONOTONIC` on Apple platforms (where it has that
/// meaning).
public struct SystemClock: MonotonicClock {
  /// Makes the clock; all system clocks of one machine agree.
  public init() {}

  /// The present instant.
  public var now: Instant {
    Instant(nanoseconds: cinterlock_monotonic_nanoseconds())
  }

  /// Waits until `deadline`.
  ///
  /// - Throws: `CancellationError` as soon as the calling task is cancelled.
  public func sleep(until deadline: Instant) async throws {
    // The runtime's timers may fire a little early against this clock, so look again.
    while true {
      try Task.checkCancellation()
      let remaining = now.duration(to: deadline)
      guard remaining > .zero else { return }
      try await Task.sleep(for: remaining, clock: .continuous)
    }
  }
}
