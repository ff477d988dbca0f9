internal import Interlock

/// Takes and keeps locks that a backend decides about.
///
/// ```swift
/// let locks = LockClient(InProcessBackend())
/// let plant = try await locks.withLock("inverter_read", timeout: .seconds(30)) { lease in
///   let plant = try await bus.refresh()
///   try lease.check()
///   return plant
/// }
/// ```
///
/// *Fairness:* first come first served among all who ask the same backend; the place in line is taken before the task
/// first suspends, and nobody overtakes. A request to share waits behind an earlier one to be alone.
///
/// *Cancellation:* a task that is cancelled while it waits leaves the line and throws `CancellationError`. If the grant
/// meets the cancellation or the deadline, the grant wins: the body runs, and may look at `Task.isCancelled`.
///
/// *Reentrancy:* a body may take its lock again, at once, under the same lease; so may child tasks of it, one at a time.
/// An unstructured task that outlives the body asks anew; a detached one always does.
///
/// *Deadlocks:* a circle of waiting among tasks of this client is found when it closes; the request that came last gives
/// up with ``LockError/Reason/deadlock(_:)``. A task that was started in a body counts as that body's until the body ends.
///
/// **A lock with a lease is advice about time; the fence is the guarantee.** A body that was stopped for longer than its
/// term does not know it before its next ``LockLease/check()``; what it writes with its fence is refused.
public final class LockClient: Sendable {
  /// How many nested acquisitions of one lock may wait for each other in one body.
  static let nestedWaitingLimit = 1_024

  /// Who decides.
  public let backend: any LockBackend
  /// What is held together with each lock; nil for nothing.
  let companion: (any LockCompanion)?
  let clock: any MonotonicClock
  let keeper: LockKeeper
  let metrics = LockMetrics()
  let log: (@Sendable (LockLogEntry) -> Void)?
  private let random: Guarded<SeededGenerator>

  /// Makes a client.
  ///
  /// - Parameters:
  ///   - backend: Who decides; one client uses it.
  ///   - companion: What is held together with each lock; nil for nothing.
  ///   - seed: For the moments of renewals, which are spread by chance.
  ///   - log: Told of each acquisition, release, loss and timeout.
  public init(
    _ backend: any LockBackend, companion: (any LockCompanion)? = nil, seed: UInt64 = 0,
    log: (@Sendable (LockLogEntry) -> Void)? = nil
  ) {
    self.backend = backend
    self.companion = companion
    self.log = log
    clock = backend.clock
    random = Guarded(SeededGenerator(seed: seed ^ backend.session.secret))
    keeper = LockKeeper(backend, metrics)
  }

  /// What happened so far, by class of lock: its name up to the first digit or colon.
  public var statistics: [String: LockStatistics] { metrics.classes }

  /// How many requests of this client wait now.
  public var waiting: Int { keeper.waiting }

  /// Leases that were renewed, and renewals that got no answer.
  public var renewalCounts: (renewals: Int, failures: Int) { metrics.renewalCounts }

  /// From −1 to 1.
  func chance() -> Double { random.withLock { Double.random(in: -1...1, using: &$0) } }

  /// A lease was lost.
  func noteLoss(of claim: Claim, _ loss: LeaseLoss) {
    keeper.drop(claim)
    metrics.count(claim.name) { $0.lost[loss.label, default: 0] += 1 }
    say(.warning, claim) { "Lock lost for resource: \(claim.name): \(loss)" }
  }

  func say(_ level: LockLogEntry.Level, _ claim: Claim, _ message: () -> String) {
    guard let log else { return }
    log(
      LockLogEntry(
        level: level, message: message(), fence: claim.fence,
        token: backend.text(of: claim.token, for: claim.name), term: claim.lease.term))
  }
}
