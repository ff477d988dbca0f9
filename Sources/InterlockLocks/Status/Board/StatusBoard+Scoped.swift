public import InterlockWire

extension StatusBoard {
  /// Sets a status while `body` runs; it ends on every way out, and with the lease it is set under.
  ///
  /// The body runs where the caller is. An error of the body wins over one of ending the status, which then ends with
  /// its time.
  ///
  /// *Cancellation:* the body's affair; the status is ended all the same.
  ///
  /// - Parameters:
  ///   - name: Which.
  ///   - scope: Where it lies; nil for none.
  ///   - ttl: How long it lasts at most; 1 s to 366 days.
  ///   - reason: Shown to others; at most 200 bytes.
  ///   - payload: What is to be found again; at most 4096 bytes as JSON.
  ///   - lease: The lock it is set under: its fence is recorded, and the status ends when it is lost.
  ///   - body: What goes on.
  /// - Throws: ``StatusError``; what `body` throws.
  /// - Returns: what `body` returns.
  public func withStatus<Result>(
    _ name: StatusName, scope: StatusName? = nil, ttl: Duration = StatusDraft.usual,
    reason: String = "", payload: JSONObject = [:], under lease: LockLease? = nil,
    _ body: (StatusEntry) async throws -> Result
  ) async throws -> Result {
    let key = StatusKey(name, scope: scope)
    if key.needsFence, let lease, !key.isGuarded(by: lease.name.text) {
      throw StatusError(key, .needsFence)
    }
    let status = try await begin(
      name, scope: scope, ttl: ttl, reason: reason, payload: payload, fence: lease?.fence)
    let result: Result
    do {
      result = try await run(body, status, under: lease)
    } catch {
      // The body's error says more; what could not be ended ends with its time.
      _ = try? await end(status)
      throw error
    }
    try await end(status)
    return result
  }

  private func run<Result>(
    _ body: (StatusEntry) async throws -> Result, _ status: StatusEntry, under lease: LockLease?
  ) async throws -> Result {
    guard let lease else { return try await body(status) }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [self] in
        // It is tried again when the body has ended.
        if await lease.loss() != nil { _ = try? await end(status) }
      }
      defer { group.cancelAll() }
      return try await body(status)
    }
  }
}
