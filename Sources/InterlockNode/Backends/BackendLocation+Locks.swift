internal import InterlockFileLocks
package import InterlockLocks
internal import InterlockRedis

extension BackendLocation {
  /// Opens the backend of locks that is there.
  ///
  /// - Throws: `NodeError` when this build has none for it, or it is no location; `LockError` or `SystemError` when it
  ///   cannot be used.
  /// - Returns: the backend.
  package func openLocks() async throws -> any LockBackend {
    switch place {
    case .memory: return InProcessBackend()
    case .files(let folder): return try FileLockBackend(directory: folder)
    case .redis: return try RedisLockBackend(try server())
    case .redisQuorum: return try RedisQuorumBackend(try servers())
    case .postgres:
      throw NodeError(
        .unreachable, "this build has no backend for \(title)",
        "use one that interlock help lock run names")
    }
  }

  private func servers() throws(NodeError) -> RedisQuorumURL {
    do throws(RedisURL.Fault) {
      return try RedisQuorumURL(url)
    } catch {
      throw NodeError(
        .badInput, "\(title) names no Redis servers that vote: \(error)",
        "give redis+quorum://HOST:PORT,HOST:PORT,HOST:PORT/DATABASE")
    }
  }

  private func server() throws(NodeError) -> RedisURL {
    do throws(RedisURL.Fault) {
      return try RedisURL(url)
    } catch {
      throw NodeError(
        .badInput, "\(title) is no Redis server: \(error)", "give redis://HOST:PORT/DATABASE")
    }
  }
}
