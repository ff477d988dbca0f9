public import Interlock

/// Whoever decides who holds a lock: a table in this process, files, a server.
///
/// A backend decides and records; it does not know bodies, tasks or time limits. ``LockClient`` waits, renews and gives
/// back. What must happen in time (an answer, a renewal) is synchronous and is called back on a thread of the backend's
/// own, never through the pool that bodies run on: they may block it.
///
/// What every backend promises, and its conformance suite holds it to:
///
/// - Grants are given in the order of requests, by this process's order within it. A request that asks alone waits for
///   everybody inside and in line before it; one that shares waits for those that do not.
/// - Successive exclusive grants of one name have growing fences, whatever was forgotten in between.
/// - Each request is answered exactly once, with `granted` or `refused`; one that is withdrawn too late is granted.
/// - Everything may be asked for again: a token is granted, renewed and given back once, however often it is said.
public protocol LockBackend: AnyObject, Sendable {
  /// What errors and listings call it: the URL it was made of, without secrets.
  var title: String { get }
  /// Whose fences can be compared: those of one domain.
  var fenceDomain: String { get }
  /// What requests of this process are known by.
  var session: LockSession { get }
  /// What terms are measured by.
  var clock: any MonotonicClock { get }

  /// Something that rings at a time set, on a thread that no body can hold up.
  func makeAlarm(_ ring: @escaping @Sendable () -> Void) -> any LockAlarm

  /// Asks for a lock.
  ///
  /// - Parameters:
  ///   - request: What is asked for; its token is new.
  ///   - event: Told what becomes of it: see ``LockEvent``. It does not block.
  /// - Returns: the grant when it is given at once; then `event` is told no `granted`. Nil when `event` will be told.
  /// - Throws: ``LockRefusal`` when it is refused at once; then `event` is told nothing.
  func request(
    _ request: LockRequest, _ event: @escaping @Sendable (LockEvent) -> Void
  ) throws(LockRefusal) -> LockGrant?

  /// Takes a request that waits out of the line.
  ///
  /// It is then told `refused(.withdrawn)`, unless the grant came first.
  func withdraw(_ token: LockToken, of name: LockName)

  /// Asks for another term for each of these grants, in one exchange.
  ///
  /// - Parameters:
  ///   - leases: Which, and for how long.
  ///   - answer: Told once, with one answer for each in their order.
  func renew(_ leases: [LockRenewal], _ answer: @escaping @Sendable ([LockRenewal.Answer]) -> Void)

  /// Gives a grant back, where that is known at once; the next in line has it then.
  ///
  /// - Returns: whether it was still held; nil when ``release(_:of:_:)`` is to be asked instead.
  func releaseAtOnce(_ token: LockToken, of name: LockName) -> Bool?

  /// Gives a grant back; the next in line has it then.
  ///
  /// - Parameters:
  ///   - token: The grant.
  ///   - name: Of which lock.
  ///   - answer: Told once: whether it was still held; the failure when it could not be reached. The backend goes on
  ///     trying as long as the grant may be recorded.
  func release(
    _ token: LockToken, of name: LockName,
    _ answer: @escaping @Sendable (Result<Bool, LockError>) -> Void)

  /// Makes another mode of a grant in one step.
  ///
  /// An exclusive grant can always be shared: `true`. A shared one becomes exclusive only while nobody else is inside.
  ///
  /// - Throws: ``LockError``.
  /// - Returns: the fence it has now; nil when others are inside.
  func convert(_ token: LockToken, of name: LockName, to mode: LockMode) async throws(LockError)
    -> Fence?

  /// Raises the fence of a grant above one that the guarded thing has seen.
  ///
  /// - Throws: ``LockError``, with ``LockError/Reason/notHolder(token:)`` when it is not held.
  func raiseFence(of token: LockToken, of name: LockName, above floor: Fence)
    async throws(LockError)
    -> Fence

  /// Takes a lock away from whoever holds it; the next in line has it then, under a greater fence.
  ///
  /// The holder is told `lost(.revoked)`.
  ///
  /// - Parameters:
  ///   - name: Which lock.
  ///   - token: The grant to be ended, as recorded; nil for any, of which there may be several.
  ///   - by: Who does it.
  ///   - reason: Why; shown to the holder.
  /// - Throws: ``LockError``, with ``LockError/Reason/notHolder(token:)`` when that grant does not hold it.
  /// - Returns: those that were ended.
  func forceUnlock(
    _ name: LockName, expecting token: String?, by: String, reason: String
  ) async throws(LockError) -> [LockHolder]

  /// Tells a holder that somebody would like to have it.
  ///
  /// - Throws: ``LockError``.
  func askToYield(_ name: LockName, token: String, by: String, reason: String)
    async throws(LockError)

  /// What is recorded about a lock; reading changes nothing.
  ///
  /// - Throws: ``LockError`` when it cannot be read: that is never "not locked".
  func record(of name: LockName) async throws(LockError) -> LockRecord

  /// What is recorded about every lock at or below `prefix`, all of them for nil, that is held or waited for.
  ///
  /// - Throws: ``LockError`` when it cannot be read.
  func records(below prefix: LockName?) async throws(LockError) -> [LockRecord]

  /// What does not agree among all that is recorded about a lock; empty when everything does.
  ///
  /// - Throws: ``LockError`` when it cannot be read.
  func disagreements(about name: LockName) async throws(LockError) -> [String]

  /// How a token is recorded for this lock: what ``forceUnlock(_:expecting:by:reason:)`` is given.
  func text(of token: LockToken, for name: LockName) -> String

  /// Requests of this process that stand in the way of one that waits: holders it may not join, and all before it in
  /// line. True as soon as ``request(_:_:)`` has returned, whatever is still on its way to a server. What other processes
  /// hold is not known here.
  func blockers(of token: LockToken, for name: LockName) -> [LockToken]

  /// Lets go of threads and connections; grants that are still held end.
  func close() async
}

extension LockBackend {
  /// Nothing is known at once.
  public func releaseAtOnce(_ token: LockToken, of name: LockName) -> Bool? { nil }

  /// The token's own text.
  public func text(of token: LockToken, for name: LockName) -> String { token.text }
}

/// One lease to renew.
public struct LockRenewal: Sendable {
  /// The grant.
  public var token: LockToken
  /// Of which lock.
  public var name: LockName
  /// For how long.
  public var term: Duration

  /// A renewal.
  public init(token: LockToken, name: LockName, term: Duration) {
    self.token = token
    self.name = name
    self.term = term
  }

  /// What came of it.
  public enum Answer: Sendable, Hashable {
    /// It was granted; the request was sent after `sent`.
    case confirmed(sent: Instant)
    /// It is held no longer.
    case refused(LeaseLoss)
    /// Whoever decides could not be reached: whether it was granted is not known.
    case unanswered
  }
}

/// Something that rings at a time.
public protocol LockAlarm: AnyObject, Sendable {
  /// Rings once when `deadline` has come, and at no time set before; never for nil.
  func set(_ deadline: Instant?)
}
