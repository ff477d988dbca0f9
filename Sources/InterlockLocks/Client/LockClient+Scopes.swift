internal import Interlock

extension LockClient {
  /// Runs a body while a lock is held; the body stays where its caller is.
  ///
  /// Nothing is cancelled when the lock is lost: the body looks at ``LockLease/check()``, listens to
  /// ``LockLease/losses``, or hands the fence to what it writes. See ``withCancellableLock(_:_:timeout:options:_:)`` for the
  /// other form.
  ///
  /// - Parameters:
  ///   - name: What is locked.
  ///   - mode: How.
  ///   - timeout: How long to wait for it at most; nil for ever, zero not at all. It does not bound the body.
  ///   - options: How it is asked for and kept.
  ///   - body: What is done with it.
  /// - Returns: what the body returns.
  /// - Throws: ``LockError``; `CancellationError` when cancelled before the body begins; what the body throws, which wins
  ///   over ``LockError/Reason/lost(_:)``.
  public func withLock<Result>(
    _ name: LockName, _ mode: LockMode = .exclusive, timeout: Duration? = nil,
    options: LockOptions = LockOptions(), _ body: (LockLease) async throws -> Result
  ) async throws -> Result {
    let claim: Claim
    let outer = Claim.innermost
    if options.isReentrant, outer != nil,
      let nested = try await reenter(name, mode, timeout)
    {
      claim = nested
    } else {
      let (asked, stage) = try ask(name, mode, timeout, options, in: outer)
      if stage != .held { try await complete(asked, from: stage, timeout) }
      claim = asked
    }
    let result: Result
    do {
      result = try await Claim.$innermost.withValue(claim) {
        try await body(LockLease(claim: claim))
      }
    } catch {
      // What the body threw wins; the loss has been logged and counted.
      _ = await leave(claim)
      throw error
    }
    let leaving = beginLeaving(claim)
    let loss: LeaseLoss? =
      if case .done(let loss) = leaving { loss } else { await finish(leaving, of: claim) }
    if let loss { throw LockError(name, .lost(loss)) }
    return result
  }

  /// Runs a body while some of a number of permits are held.
  ///
  /// - Parameters:
  ///   - count: How many are taken.
  ///   - limit: How many there are; everybody states the same number.
  ///   - name: What they are permits of.
  ///   - timeout: How long to wait at most; nil for ever, zero not at all.
  ///   - options: How they are asked for and kept.
  ///   - body: What is done with them.
  /// - Returns: what the body returns.
  /// - Throws: as ``withLock(_:_:timeout:options:_:)``; ``LockError/Reason/configurationMismatch(recorded:asked:)`` when
  ///   others state another limit.
  public func withPermits<Result>(
    _ count: Int, of limit: Int, _ name: LockName, timeout: Duration? = nil,
    options: LockOptions = LockOptions(), _ body: (LockLease) async throws -> Result
  ) async throws -> Result {
    try await withLock(
      name, .permits(count, of: limit), timeout: timeout, options: options, body)
  }

  /// Runs a body while several locks are held alone.
  ///
  /// They are taken in the order of their names, whoever asks: two callers never wait for each other in a circle.
  ///
  /// - Parameters:
  ///   - names: What is locked; one that is named twice is taken once.
  ///   - timeout: How long to wait for all of them at most; nil for ever, zero not at all.
  ///   - options: How they are asked for and kept.
  ///   - body: What is done with them; it is given their leases in the order of `names`.
  /// - Returns: what the body returns.
  /// - Throws: as ``withLock(_:_:timeout:options:_:)``.
  public func withLocks<Result>(
    _ names: [LockName], timeout: Duration? = nil, options: LockOptions = LockOptions(),
    _ body: ([LockLease]) async throws -> Result
  ) async throws -> Result {
    let inOrder = Set(names).sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
    let deadline = timeout.map { clock.now.advanced(by: $0) }
    return try await withRest(of: inOrder[...], [:], timeout, deadline, options) { leases in
      try await body(names.compactMap { leases[$0] })
    }
  }

  private func withRest<Result>(
    of names: ArraySlice<LockName>, _ held: [LockName: LockLease], _ timeout: Duration?,
    _ deadline: Instant?, _ options: LockOptions,
    _ body: ([LockName: LockLease]) async throws -> Result
  ) async throws -> Result {
    guard let name = names.first else { return try await body(held) }
    let left =
      timeout == .zero ? .zero : deadline.map { max(.zero, clock.now.duration(to: $0)) }
    return try await withLock(name, timeout: left, options: options) { lease in
      var held = held
      held[name] = lease
      return try await withRest(of: names.dropFirst(), held, timeout, deadline, options, body)
    }
  }
}
