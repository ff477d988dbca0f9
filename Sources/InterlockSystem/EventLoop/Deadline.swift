package import Interlock

/// Runs `body`, but not beyond `deadline`.
///
/// *Cancellation:* at the deadline, and when the caller is cancelled, `body` is cancelled and
/// awaited, so nothing is left running.
///
/// - Returns: what `body` returned, or nil when the deadline came first.
/// - Throws: what `body` throws; `CancellationError` when the caller was cancelled.
package func withDeadline<Value: Sendable>(
  _ deadline: Instant, clock: any MonotonicClock,
  _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await clock.sleep(until: deadline)
      return nil
    }
    defer { group.cancelAll() }
    // The first to end decides; a result that arrives together with the deadline may win.
    return try await group.next() ?? nil
  }
}
