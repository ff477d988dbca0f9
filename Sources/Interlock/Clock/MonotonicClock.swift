/// A source of instants that never goes back, and a way to wait for one of them.
///
/// Everything in Interlock that needs the time is given a clock; nothing reads one by itself. Tests
/// and simulations give a clock whose time they move.
public protocol MonotonicClock: Sendable {
  /// The present instant.
  var now: Instant { get }

  /// Waits until `deadline`; returns at once when it has passed.
  ///
  /// - Throws: `CancellationError` as soon as the calling task is cancelled.
  func sleep(until deadline: Instant) async throws
}

extension MonotonicClock {
  /// Waits for `duration`.
  ///
  /// - Throws: `CancellationError` as soon as the calling task is cancelled.
  public func sleep(for duration: Duration) async throws {
    try await sleep(until: now.advanced(by: duration))
  }
}
