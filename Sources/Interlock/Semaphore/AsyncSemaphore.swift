/// A fixed number of permits that tasks hold for the length of a body.
///
/// It bounds how many do something at once: downloads, open ports, frames in flight.
///
/// ```swift
/// let uploads = AsyncSemaphore(permits: 4, name: "uploads")
/// try await uploads.withPermits { try await upload(file) }
/// ```
///
/// *Fairness:* strict, first come first served. While the first in line does not fit, all behind it
/// wait, so a task that asks for many permits is not starved by tasks that ask for few.
///
/// *Cancellation:* a task that is cancelled already, or while it waits, throws `CancellationError`
/// and never holds a permit. If the grant meets a cancellation or the deadline, the grant wins and
/// the body runs.
///
/// A body that asks the same semaphore again may wait for itself; ask for all at once instead.
///
/// *Complexity:* constant. Uncontended, it costs two short critical sections and no allocation.
public final class AsyncSemaphore: Sendable {
  @usableFromInline
  let gate: AdmissionGate

  /// Makes a semaphore.
  ///
  /// - Parameters:
  ///   - permits: how many there are, at least one.
  ///   - name: what errors call it.
  ///   - waitingLimit: how many tasks may wait; one more is refused.
  ///   - clock: what deadlines are measured by.
  public init(
    permits: Int, name: String = "semaphore", waitingLimit: Int = 65_536,
    clock: any MonotonicClock = SystemClock()
  ) {
    gate = AdmissionGate(name: name, capacity: permits, waitingLimit: waitingLimit, clock: clock)
  }

  /// Runs the body while holding permits.
  ///
  /// The body runs in the caller's task and isolation.
  ///
  /// - Parameters:
  ///   - count: how many permits to hold, at least one.
  ///   - deadline: the instant, on the semaphore's clock, up to which to wait; nil to wait for ever.
  ///     It bounds the wait, not the body.
  ///   - body: what to do.
  /// - Returns: what the body returns.
  /// - Throws: ``AdmissionError`` when the deadline passes first, too many wait, or there are not
  ///   that many permits; `CancellationError` when cancelled before the body starts; what the body
  ///   throws.
  @inlinable
  public func withPermits<Result: ~Copyable>(
    _ count: Int = 1, until deadline: Instant? = nil,
    _ body: () async throws -> sending Result
  ) async throws -> sending Result {
    try Task.checkCancellation()
    let ticket: Ticket
    if let free = gate.enterAtOnce(.permits(count)) {
      ticket = free
    } else {
      ticket = try await gate.enter(.permits(count), until: deadline)
    }
    defer { gate.leave(ticket) }
    return try await body()
  }

  /// What has happened so far, and how things stand.
  public var statistics: AdmissionStatistics { gate.statistics }
}
