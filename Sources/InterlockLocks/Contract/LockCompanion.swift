public import Interlock

/// Something that is held together with a lock: taken after it was granted, given back before it is.
///
/// The way to honour what programs take that know nothing of our locks, such as a lock file. A client that has one holds a
/// lock only when it holds both: what waits for the companion waits within the same time limit, with the lock renewed
/// meanwhile, and is counted and logged as waiting for the lock.
public protocol LockCompanion: Sendable {
  /// Takes what goes with a lock.
  ///
  /// *Cancellation:* throws `CancellationError` while it waits; what was taken is held.
  ///
  /// - Parameters:
  ///   - name: The lock, which was granted.
  ///   - token: The grant.
  ///   - clock: What `deadline` is measured by.
  ///   - deadline: Until when it may wait; nil for as long as it takes. One that has passed asks for one look.
  /// - Throws: ``LockError``, with ``LockError/Reason/timedOut(limit:holder:)`` at the deadline; `CancellationError`. Then
  ///   nothing is taken.
  /// - Returns: whether it had to wait.
  func take(
    _ name: LockName, for token: LockToken, by clock: any MonotonicClock, until deadline: Instant?
  ) async throws -> Bool

  /// Gives back what was taken for a grant; nothing, where nothing was.
  ///
  /// - Parameters:
  ///   - name: The lock.
  ///   - token: The grant.
  ///   - done: Told once, on any thread, when others may take it.
  func giveBack(_ name: LockName, for token: LockToken, _ done: @escaping @Sendable () -> Void)

  /// Whoever stands in the way of taking it, apart from those it was taken for here.
  ///
  /// - Throws: ``LockError`` when that cannot be found out.
  func holder(of name: LockName) async throws(LockError) -> LockHolder?
}
