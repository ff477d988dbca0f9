internal import InterlockFileLocks
package import InterlockLocks
internal import InterlockPostgres
internal import InterlockRedis

extension BackendLocation {
  /// Opens the backend of locks that is there.
  ///
  /// - Parameter form: Whose locks, by the name of the form; only servers have others than `native`.
  /// - Throws: `NodeError` when this build has none for it, or it is no location; `LockError` or `SystemError` when it
  ///   cannot be used.
  /// - Returns: the backend.
  package func openLocks(form: String = RedisLockForm.native.rawValue) async throws
    -> any LockBackend
  {
    let form = try lockForm(form)
    switch place {
    case .memory: return InProcessBackend()
    case .files(let folder): return try FileLockBackend(directory: folder)
    case .redis: return try RedisLockBackend(try server(), form: form)
    case .redisQuorum: return try RedisQuorumBackend(try servers())
    case .postgres: return try PostgresLockBackend(try database())
    }
  }

  private func database() throws(NodeError) -> PostgresURL {
    do throws(PostgresURL.Fault) {
      return try PostgresURL(url)
    } catch {
      throw NodeError(
        .badInput, "\(title) is no PostgreSQL database: \(error)",
        "give postgres://USER@HOST:PORT/DATABASE")
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

  /// The forms that locks may have.
  package static let lockForms = RedisLockForm.allCases.map(\.rawValue)

  private func lockForm(_ name: String) throws(NodeError) -> RedisLockForm {
    guard let form = RedisLockForm(rawValue: name) else {
      throw NodeError(
        .badInput, "\(name) is no form of locks",
        "the forms are \(Self.lockForms.joined(separator: ", "))")
    }
    if form != .native, place != .redis {
      throw NodeError(
        .badInput, "locks in the form of \(name) are on a Redis server, and not at \(title)",
        "give redis://HOST:PORT/DATABASE")
    }
    return form
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
