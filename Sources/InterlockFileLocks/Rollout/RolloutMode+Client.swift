public import InterlockLocks

extension RolloutMode {
  /// Opens locks in this mode: the one place where modes differ.
  ///
  /// ```swift
  /// let files = LegacyLockFiles(in: "/srv/givtcp")
  /// let locks = try await RolloutChoice().mode.client(beside: files) { try FileLockBackend() }
  /// try await locks.withLock("inverter_read", timeout: .seconds(30)) { lease in … }
  /// ```
  ///
  /// - Parameters:
  ///   - files: The older programs' files; not looked at in `native`.
  ///   - log: Told of each acquisition, release, loss and timeout.
  ///   - native: Opens the backend of our locks; not called in `legacy`, which needs none to be reached.
  /// - Throws: what `native` throws.
  /// - Returns: a client; to be let go of by closing its `backend`.
  public func client(
    beside files: LegacyLockFiles, log: (@Sendable (LockLogEntry) -> Void)? = nil,
    native: () async throws -> any LockBackend
  ) async throws -> LockClient {
    switch self {
    case .legacy: LockClient(InProcessBackend(), companion: files, log: log)
    case .bridge: LockClient(try await native(), companion: files, log: log)
    case .native: LockClient(try await native(), log: log)
    }
  }
}
