public import Interlock

/// What a body holds: the lock, as long as it can be proved.
///
/// ```swift
/// try await locks.withLock("inverter_read", timeout: .seconds(30)) { lease in
///   let plant = try await bus.refresh()
///   try lease.check()                   // no IO: throws when it cannot be proved any more
///   try store.write(plant, fence: lease.fence)
/// }
/// ```
public struct LockLease: Sendable {
  let claim: Claim

  /// The lock.
  public var name: LockName { claim.name }
  /// How it is held.
  public var mode: LockMode { claim.mode }
  /// What names the grant to others.
  public var token: String { claim.client.backend.text(of: claim.token, for: claim.name) }
  /// Greater than that of every grant before; hand it to whatever is written under the lock.
  public var fence: Fence { claim.fence }
  /// Whose fences can be compared with it.
  public var fenceDomain: String { claim.client.backend.fenceDomain }
  /// Until when it holds without another renewal; nil when it does not end by time, or holds no more.
  public var validUntil: Instant? { claim.lease.validUntil }
  /// How long it holds without another renewal; nil when it does not end by time.
  public var left: Duration? { claim.lease.left }

  /// Lets the body go on, if the lock is proved to be held now.
  ///
  /// No IO. Call it after whatever may have paused.
  ///
  /// - Throws: `LeaseError` otherwise.
  public func check() throws(LeaseError) { try claim.check() }

  /// The loss, when it comes; it ends when the lock is given back.
  public var losses: Lease.Losses { claim.lease.losses }

  /// Waits for the loss.
  ///
  /// *Cancellation:* returns nil at once.
  ///
  /// - Returns: the loss; nil when the lock was given back, or the caller is cancelled.
  public func loss() async -> LeaseLoss? { await claim.lease.loss() }

  /// Waits until it cannot be proved any more that the lock is held: earlier than ``loss()``, which waits for certainty.
  ///
  /// *Cancellation:* returns nil at once.
  ///
  /// - Returns: the loss, as far as it is known; nil when the lock was given back, or the caller is cancelled.
  public func doubt() async -> LeaseLoss? { await claim.lease.doubt() }

  /// What others ask of the holder; for one listener, which gets the latest.
  public var yieldRequests: AsyncStream<YieldRequest> { claim.yieldRequests() }

  /// Raises the fence above one that the guarded thing has seen.
  ///
  /// - Parameter floor: What it has seen.
  /// - Throws: ``LockError``, with ``LockError/Reason/notHolder(token:)`` when the lock is held no more.
  public func raiseFence(above floor: Fence) async throws {
    let fence = try await claim.client.backend.raiseFence(
      of: claim.token, of: claim.name, above: floor)
    claim.lease.raised(to: fence)
  }

  /// Makes a shared lock exclusive, if nobody else is inside.
  ///
  /// One step: nobody is let in between. The fence is a new one.
  ///
  /// - Throws: ``LockError``.
  /// - Returns: whether it is exclusive now.
  public func upgrade() async throws -> Bool { try await convert(to: .exclusive) }

  /// Lets others in who share the lock.
  ///
  /// - Throws: ``LockError``.
  public func downgrade() async throws { _ = try await convert(to: .shared) }

  private func convert(to mode: LockMode) async throws -> Bool {
    let fence = try await claim.client.backend.convert(claim.token, of: claim.name, to: mode)
    guard let fence else { return false }
    claim.setMode(mode)
    claim.lease.raised(to: fence)
    return true
  }
}
