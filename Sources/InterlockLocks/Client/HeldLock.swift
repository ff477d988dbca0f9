/// A lock that is held until it is given back by hand.
///
/// Where a scope will do, ``LockClient/withLock(_:_:timeout:options:_:)`` is better: it gives back on every way out.
/// This cannot be given back twice: giving it back consumes it. One that is destroyed instead is given back all the same,
/// without anybody waiting for it, and counted as leaked.
///
/// It is not reentrant: what is taken by hand belongs to nobody's body.
public struct HeldLock: ~Copyable, Sendable {
  /// What is held.
  public let lease: LockLease
  private var isHeld = true

  init(_ claim: Claim) {
    lease = LockLease(claim: claim)
  }

  /// Gives it back.
  ///
  /// *Cancellation:* none: it has to be given back.
  ///
  /// - Throws: ``LockError/Reason/lost(_:)`` when it was lost before.
  public consuming func release() async throws {
    isHeld = false
    let claim = lease.claim
    if let loss = await claim.client.leave(claim) { throw LockError(claim.name, .lost(loss)) }
  }

  deinit {
    if isHeld { lease.claim.client.abandon(lease.claim) }
  }
}

extension LockClient {
  /// Takes a lock that is given back by hand.
  ///
  /// - Parameters:
  ///   - name: What is locked.
  ///   - mode: How.
  ///   - timeout: How long to wait for it at most; nil for ever, zero not at all.
  ///   - options: How it is asked for and kept.
  /// - Returns: the lock.
  /// - Throws: as ``withLock(_:_:timeout:options:_:)``.
  public func acquire(
    _ name: LockName, _ mode: LockMode = .exclusive, timeout: Duration? = nil,
    options: LockOptions = LockOptions()
  ) async throws -> HeldLock {
    HeldLock(try await enter(name, mode, timeout, options))
  }

  /// Takes a lock that is given back by hand, if nobody has it.
  ///
  /// - Parameters:
  ///   - name: What is locked.
  ///   - mode: How.
  ///   - options: How it is asked for and kept.
  /// - Returns: the lock; nil when it is held.
  /// - Throws: as ``withLock(_:_:timeout:options:_:)``, but for the timeout.
  public func tryLock(
    _ name: LockName, _ mode: LockMode = .exclusive, options: LockOptions = LockOptions()
  ) async throws -> HeldLock? {
    do {
      return HeldLock(try await enter(name, mode, .zero, options))
    } catch let error as LockError {
      guard case .timedOut = error.reason else { throw error }
      return nil
    }
  }
}
