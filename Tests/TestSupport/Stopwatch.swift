package import Interlock

/// The machine's clock, counted from when it was made: in the lab, virtual time since the beginning.
package struct Stopwatch: MonotonicClock {
  private let clock = SystemClock()
  private let start: Instant

  /// It is the origin now.
  package init() { start = clock.now }

  package var now: Instant { .origin.advanced(by: start.duration(to: clock.now)) }

  package func sleep(until deadline: Instant) async throws {
    try await clock.sleep(until: start.advanced(by: Instant.origin.duration(to: deadline)))
  }
}
