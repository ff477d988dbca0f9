/// A value that one task at a time may use, for as long as it likes, across suspensions too.
///
/// An actor lets others in at every `await`, and a lock for threads may not be held over one. This
/// mutex owns its value and lends it to one body at a time; whatever the body awaits, nobody else is
/// let in before it has ended.
///
/// ```swift
/// let modem = AsyncMutex(ModemSession(port), name: "modem")
/// try await modem.withLock { session in
///   try await session.apply(settings)     // nobody transmits in between
///   try await session.transmit(frame)
/// }
/// ```
///
/// *Fairness:* strict, first come first served. The place in line is taken before the task first
/// suspends, and nobody overtakes.
///
/// *Cancellation:* a task that is cancelled already, or while it waits, throws `CancellationError`
/// and never holds the mutex. If the grant meets a cancellation or the deadline, the grant wins: the
/// body runs, and may look at `Task.isCancelled`.
///
/// It is not reentrant: a body that locks the same mutex again waits for itself. Give a deadline
/// where that cannot be ruled out.
///
/// *Complexity:* constant. Free, it costs two short critical sections and no allocation.
@safe
public final class AsyncMutex<State: ~Copyable>: Sendable {
  @usableFromInline
  let gate: AdmissionGate

  // The proof of both marks: the memory is reached only by a task that holds the gate's one permit,
  // which the gate's lock hands from task to task, and by `deinit`, when no task is left.
  @usableFromInline
  nonisolated(unsafe) let storage: UnsafeMutablePointer<State>

  /// Makes a mutex around its first value.
  ///
  /// - Parameters:
  ///   - state: the value; nobody else may keep a way to it.
  ///   - name: what errors call it.
  ///   - waitingLimit: how many tasks may wait; one more is refused.
  ///   - clock: what deadlines are measured by.
  public init(
    _ state: consuming sending State, name: String = "mutex", waitingLimit: Int = 65_536,
    clock: any MonotonicClock = SystemClock()
  ) {
    gate = AdmissionGate(name: name, capacity: 1, waitingLimit: waitingLimit, clock: clock)
    unsafe storage = .allocate(capacity: 1)
    unsafe storage.initialize(to: state)
  }

  deinit {
    unsafe storage.deinitialize(count: 1)
    unsafe storage.deallocate()
  }

  /// Runs the body on the value, alone.
  ///
  /// The body runs in the caller's task and isolation.
  ///
  /// - Parameters:
  ///   - deadline: the instant, on the mutex's clock, up to which to wait; nil to wait for ever. It
  ///     bounds the wait, not the body. A free mutex is locked even when it has passed.
  ///   - body: what to do with the value.
  /// - Returns: what the body returns.
  /// - Throws: ``AdmissionError`` when the deadline passes first or too many wait;
  ///   `CancellationError` when cancelled before the body starts; what the body throws.
  @inlinable
  public func withLock<Result: ~Copyable>(
    until deadline: Instant? = nil,
    _ body: (inout sending State) async throws -> sending Result
  ) async throws -> sending Result {
    try Task.checkCancellation()
    let ticket: Ticket
    if let free = gate.enterAtOnce(.exclusive) {
      ticket = free
    } else {
      ticket = try await gate.enter(.exclusive, until: deadline)
    }
    defer { gate.leave(ticket) }
    return try await unsafe body(&storage.pointee)
  }

  /// What has happened so far, and how things stand.
  public var statistics: AdmissionStatistics { gate.statistics }
}
