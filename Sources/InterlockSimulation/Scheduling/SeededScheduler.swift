internal import Interlock

/// Runs tasks one step at a time on one thread, in an order drawn from a seed, on virtual time.
///
/// A *step* is what a task does between two suspensions. Whenever several tasks could go on, the
/// seed decides which one does; when none can, time jumps to the earliest sleeper. The same seed
/// gives the same run, so that hours of a neighbourhood pass in seconds, and again in the same way:
///
/// ```swift
/// try SeededScheduler.run(seed: 1) { scheduler in
///   let neighbourhood = Neighbourhood(settings, clock: scheduler.clock) { print($0) }
///   try await withThrowingTaskGroup { group in
///     group.addTask { try await neighbourhood.run() }
///     try await scheduler.clock.sleep(for: .seconds(3600))
///     group.cancelAll()
///   }
/// }
/// ```
///
/// It needs nothing of the runtime but a task executor, on any system. To look for races, use `InterlockLab`.
///
/// *What it covers:* the body, its child tasks (task groups, `async let`), the default actors they
/// call, and sleeps on ``clock``.
///
/// *What escapes it:* `Task {}` and `Task.detached` that do not name the scheduler as their executor
/// preference, the main actor and actors with an executor of their own, `Task.sleep` and every other
/// clock, and threads. A body that waits for any of those is reported as a deadlock, because nothing
/// on the scheduler can go on. Iterating a `Set` or `Dictionary` differs from process to process.
/// Only suspensions are interleaved; for data races between threads use the thread sanitizer.
public final class SeededScheduler: TaskExecutor {
  /// How the next task is chosen among those that are ready.
  public enum Order: Sendable, Hashable {
    /// Each ready task is equally likely, as drawn from the seed.
    case seeded
    /// The task that became ready first.
    case firstInFirstOut
  }

  /// The seed this run's order is drawn from.
  public let seed: UInt64

  /// The virtual time of this run; it starts at `Instant.origin` and moves only when all wait.
  public let clock: VirtualClock

  private let ready: Guarded<ReadyJobs>

  private init(seed: UInt64, order: Order) {
    self.seed = seed
    clock = VirtualClock()
    ready = Guarded(ReadyJobs(seed: seed, order: order))
  }

  /// A number that is equal for two runs that made the same choices at the same virtual times.
  public var fingerprint: UInt64 { ready.withLock { $0.fingerprint } }

  /// How many steps have been run so far.
  public var steps: Int { ready.withLock { $0.steps } }

  /// Takes a job the runtime wants run; called by the runtime only.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    ready.withLock { $0.insert(job) }
  }

  /// Runs the body, and every task under it, to its end on the calling thread.
  ///
  /// Tasks that are left when the body has returned are cancelled in their sleep and run out.
  ///
  /// - Parameters:
  ///   - seed: what the order is drawn from.
  ///   - order: how ready tasks are chosen.
  ///   - stepLimit: the number of steps after which the run is given up.
  ///   - body: what to run; it is given the scheduler, its clock and its seed.
  /// - Returns: what the body returns.
  /// - Throws: what the body throws; ``SchedulingError`` when no task can go on or the limit of
  ///   steps is reached. The tasks are then cancelled and run as far as that takes them.
  @discardableResult
  public static func run<Value: Sendable>(
    seed: UInt64, order: Order = .seeded, stepLimit: Int = 1_000_000,
    _ body: @escaping @Sendable (SeededScheduler) async throws -> Value
  ) throws -> Value {
    let scheduler = SeededScheduler(seed: seed, order: order)
    return try scheduler.run(stepLimit: stepLimit, body)
  }

  private func run<Value: Sendable>(
    stepLimit: Int, _ body: @escaping @Sendable (SeededScheduler) async throws -> Value
  ) throws -> Value {
    let outcome = Outcome<Value>()
    // Owner: this call, which runs it to its end or cancels it.
    let root = Task(executorPreference: self) {
      let result: Result<Value, any Error>
      do {
        result = .success(try await body(self))
      } catch {
        result = .failure(error)
      }
      outcome.result.withLock { $0 = result }
    }
    var remaining = stepLimit
    while true {
      drain(&remaining)
      if let result = outcome.result.withLock({ $0 }) {
        return try finish(result, remaining: remaining, stepLimit: stepLimit)
      }
      guard remaining > 0 else {
        throw abandon(root, .stepLimitReached(limit: stepLimit))
      }
      guard clock.wakeEarliest() else {
        throw abandon(root, .deadlock(waiting: 0))
      }
    }
  }

  /// Runs ready jobs until there is none or `remaining` is used up.
  private func drain(_ remaining: inout Int) {
    while remaining > 0 {
      let now = clock.now
      guard let job = ready.withLock({ $0.removeNext(at: now) }) else { return }
      remaining -= 1
      runSynchronously(job)
    }
  }

  /// Lets what the body left behind run out, so that nothing of this run outlives it.
  private func finish<Value>(
    _ result: Result<Value, any Error>, remaining: Int, stepLimit: Int
  ) throws -> Value {
    var remaining = remaining
    while clock.wakeEarliestCancelled() { drain(&remaining) }
    guard remaining > 0 else { throw error(.stepLimitReached(limit: stepLimit)) }
    return try result.get()
  }

  /// Cancels a run that cannot end, and counts those whom the cancellation woke.
  private func abandon(
    _ root: Task<Void, Never>, _ reason: SchedulingError.Reason
  ) -> SchedulingError {
    let description: SchedulingError
    root.cancel()
    switch reason {
    case .deadlock: description = error(.deadlock(waiting: ready.withLock { $0.count }))
    case .stepLimitReached: description = error(reason)
    }
    var allowance = 10_000
    drain(&allowance)
    return description
  }

  private func error(_ reason: SchedulingError.Reason) -> SchedulingError {
    SchedulingError(seed: seed, steps: steps, at: clock.now, reason: reason)
  }
}

/// Where the root task leaves its result.
private final class Outcome<Value: Sendable>: Sendable {
  let result = Guarded<Result<Value, any Error>?>(nil)
}
