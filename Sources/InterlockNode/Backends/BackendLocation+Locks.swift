internal import InterlockFileLocks
package import InterlockLocks

extension BackendLocation {
  /// Opens the backend of locks that is there.
  ///
  /// - Throws: `NodeError` when this build has none for it; `LockError` when it cannot be used.
  /// - Returns: the backend.
  package func openLocks() async throws -> any LockBackend {
    switch place {
    case .memory: return InProcessBackend()
    case .files(let folder): return try FileLockBackend(directory: folder)
    case .redis, .redisQuorum, .postgres:
      throw NodeError(
        .unreachable, "this build has no backend for \(title)",
        "use one that interlock help lock run names")
    }
  }
}
