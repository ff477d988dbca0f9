public import Interlock

/// Locks of the tasks of one process.
///
/// Nothing can be lost here but by force: a grant has no term, and ends with its holder's call or its process.
///
/// *Fairness:* strict, first come first served for each name.
///
/// *Complexity:* constant; a lock nobody waits for is one entry in a table, which goes when it is given back.
public final class InProcessBackend: LockBackend {
  /// Few enough to be cheap, and enough that two names rarely share one.
  private static let shardCount = 16

  /// What errors and listings call it.
  public let title = "memory:"
  /// Whose fences can be compared.
  public let fenceDomain = "il"
  /// What requests are known by.
  public let session: LockSession
  /// What ages are measured by.
  public let clock: any MonotonicClock
  /// Nanoseconds from 1970 to the origin of the clock, as it was when this was made: what fences are made of goes on alike.
  private let epoch: Int64
  private let shards: [Shard]

  /// A mutex cannot stand in an array by itself.
  private final class Shard: Sendable {
    let table: Guarded<LockTable>
    init(waitingLimit: Int) { table = Guarded(LockTable(waitingLimit: waitingLimit)) }
  }

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - waitingLimit: How many may wait for one lock; one more is refused.
  ///   - clock: What ages are measured by.
  ///   - microseconds: The time since 1970, for fences; looked at once.
  public init(
    waitingLimit: Int = 65_536, clock: any MonotonicClock = SystemClock(),
    microseconds: () -> UInt64 = { WallTime.microseconds }
  ) {
    session = LockSession(owner: LockOwner(host: "this-process", process: 0), secret: 0)
    self.clock = clock
    epoch = Int64(microseconds()) * 1_000 - clock.now.nanoseconds
    shards = (0..<Self.shardCount).map { _ in Shard(waitingLimit: waitingLimit) }
  }

  /// How many locks are held or waited for.
  public var count: Int { shards.reduce(0) { $0 + $1.table.withLock(\.count) } }

  /// Something that rings at a time set; it waits in a task, so a body that blocks the pool holds it up.
  public func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any LockAlarm {
    TaskAlarm(clock: clock, ring)
  }

  /// Asks for a lock.
  ///
  /// - Throws: ``LockRefusal``.
  public func request(
    _ request: LockRequest, _ event: @escaping @Sendable (LockEvent) -> Void
  ) throws(LockRefusal) -> LockGrant? {
    let now = request.asked ?? clock.now
    let microseconds = microseconds(at: now)
    let verdict = table(request.name) {
      $0.request(request, event, at: now, microseconds: microseconds)
    }
    switch verdict {
    case .granted(let grant): return grant
    case .waiting: return nil
    case .refused(let refusal): throw refusal
    }
  }

  /// Takes a request that waits out of the line.
  public func withdraw(_ token: LockToken, of name: LockName) {
    let now = clock.now
    let microseconds = microseconds(at: now)
    deliver(
      table(name) { $0.withdraw(token, of: name, at: now, microseconds: microseconds) })
  }

  /// Confirms what is held: nothing here ends by time.
  public func renew(
    _ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void
  ) {
    let now = clock.now
    answer(leases.map { _ in .confirmed(sent: now) })
  }

  /// Gives a grant back.
  public func releaseAtOnce(_ token: LockToken, of name: LockName) -> Bool? {
    if let wasHeld = table(name, { $0.releaseSole(token, of: name) }) { return wasHeld }
    let now = clock.now
    let microseconds = microseconds(at: now)
    let (wasHeld, notices) = table(name) {
      $0.release(token, of: name, at: now, microseconds: microseconds)
    }
    deliver(notices)
    return wasHeld
  }

  /// Gives a grant back; the answer comes at once.
  public func release(
    _ token: LockToken, of name: LockName,
    _ answer: @escaping @Sendable (Result<Bool, LockError>) -> Void
  ) {
    answer(.success(releaseAtOnce(token, of: name) ?? false))
  }

  /// Makes another mode of a grant in one step.
  ///
  /// - Throws: ``LockError``.
  public func convert(
    _ token: LockToken, of name: LockName, to mode: LockMode
  ) async throws(LockError) -> Fence? {
    let now = clock.now
    let microseconds = microseconds(at: now)
    let (fence, notices) = try table(name) { table throws(LockError) in
      try table.convert(token, of: name, to: mode, at: now, microseconds: microseconds)
    }
    deliver(notices)
    return fence
  }

  /// Raises the fence of a grant.
  ///
  /// - Throws: ``LockError``.
  public func raiseFence(
    of token: LockToken, of name: LockName, above floor: Fence
  ) async throws(LockError) -> Fence {
    let microseconds = microseconds(at: clock.now)
    let fence = table(name) {
      $0.raiseFence(of: token, of: name, above: floor, microseconds: microseconds)
    }
    guard let fence else { throw LockError(name, .notHolder(token: token.text)) }
    return fence
  }

  /// Takes a lock away.
  ///
  /// - Throws: ``LockError``.
  public func forceUnlock(
    _ name: LockName, expecting token: String?, by: String, reason: String
  ) async throws(LockError) -> [LockHolder] {
    let now = clock.now
    let microseconds = microseconds(at: now)
    let (ended, notices) = table(name) {
      $0.revoke(
        token, of: name, loss: .revoked(by: by, reason: reason), at: now, microseconds: microseconds
      )
    }
    deliver(notices)
    if ended.isEmpty, let token { throw LockError(name, .notHolder(token: token)) }
    return ended
  }

  /// Tells a holder that somebody would like to have it.
  ///
  /// - Throws: ``LockError``.
  public func askToYield(
    _ name: LockName, token: String, by: String, reason: String
  ) async throws(LockError) {
    guard let listener = table(name, { $0.listener(of: token, for: name) }) else {
      throw LockError(name, .notHolder(token: token))
    }
    listener(.asked(by: by, reason: reason))
  }

  /// What is recorded about a lock.
  public func record(of name: LockName) async throws(LockError) -> LockRecord {
    let now = clock.now
    return table(name) { $0.record(of: name, at: now) }
  }

  /// What is recorded about every lock at or below `prefix`.
  public func records(below prefix: LockName?) async throws(LockError) -> [LockRecord] {
    let now = clock.now
    return shards.flatMap { shard in
      shard.table.withLock { table in
        table.names.filter { name in prefix.map { name.isBelow($0) } ?? true }
          .map { table.record(of: $0, at: now) }
      }
    }.sorted { $0.name.text < $1.name.text }
  }

  /// There is one record only, so nothing can disagree.
  public func disagreements(about name: LockName) async throws(LockError) -> [String] { [] }

  /// Requests that stand in the way of one that waits.
  public func blockers(of token: LockToken, for name: LockName) -> [LockToken] {
    table(name) { $0.blockers(of: token, for: name) }
  }

  /// Nothing is to be let go.
  public func close() async {}

  private func microseconds(at now: Instant) -> UInt64 {
    UInt64(max(0, epoch + now.nanoseconds)) / 1_000
  }

  private func table<Result, Failure: Error>(
    _ name: LockName, _ step: (inout sending LockTable) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    try shards[name.spread & (Self.shardCount - 1)].table.withLock(step)
  }

  private func deliver(_ notices: [LockTable.Notice]) {
    for notice in notices { notice.deliver() }
  }
}
