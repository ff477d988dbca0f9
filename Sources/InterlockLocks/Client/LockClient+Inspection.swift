extension LockClient {
  /// Whether anybody holds the lock: also when it is the caller.
  ///
  /// - Throws: ``LockError`` when that cannot be found out: it is never "no" by default.
  public func isLocked(_ name: LockName) async throws -> Bool {
    try await !record(of: name).holders.isEmpty
  }

  /// Whether the caller is in a body of the lock.
  public func isHeldByCurrentOwner(_ name: LockName) -> Bool { innermost(name) != nil }

  /// Who holds a lock, and who waits for it, in line; reading changes nothing.
  ///
  /// Whoever has what goes with it (``LockCompanion``) is listed as a holder after those that the backend knows.
  ///
  /// - Throws: ``LockError``.
  public func record(of name: LockName) async throws -> LockRecord {
    var record = try await backend.record(of: name)
    if let other = try await companion?.holder(of: name) { record.holders.append(other) }
    return record
  }

  /// Every lock at or below a name that is held or waited for; all of them for nil.
  ///
  /// `run-7` has `run-7/x` below it, and not `run-70`.
  ///
  /// - Throws: ``LockError``.
  public func records(below prefix: LockName? = nil) async throws -> [LockRecord] {
    try await backend.records(below: prefix)
  }

  /// What does not agree among all that is recorded about a lock; empty when everything does.
  ///
  /// - Throws: ``LockError``.
  public func disagreements(about name: LockName) async throws -> [String] {
    try await backend.disagreements(about: name)
  }
}
