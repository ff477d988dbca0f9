package import InterlockLocks

extension BackendLocation {
  /// Opens the backend of locks that is there.
  ///
  /// - Throws: `NodeError` when it cannot be used.
  /// - Returns: the backend.
  package func openLocks() async throws(NodeError) -> any LockBackend {
    switch place {
    case .memory: return InProcessBackend()
    case .files, .redis, .redisQuorum, .postgres:
      throw NodeError(
        .unreachable, "this build has no backend for \(title)",
        "use one that interlock help lock run names")
    }
  }
}
