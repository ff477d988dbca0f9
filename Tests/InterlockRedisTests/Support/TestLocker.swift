import Interlock
import InterlockLocks
import InterlockRedis
import InterlockSystem
import TestSupport
import Testing

/// A client of a lock server, as a process of its own would have it.
final class TestLocker: Sendable {
  let backend: RedisLockBackend
  let server: LocalRedis
  static let term = Asked.term
  private static let lives = Guarded<UInt64>(0x1234_5678_0000_0000)

  init(
    _ server: LocalRedis, _ format: RedisLockFormat = .native, port: UInt16? = nil,
    reactor: Reactor? = nil, replicas: RedisReplicas? = nil
  ) throws {
    self.server = server
    let secret = Self.lives.withLock { secret in
      secret += 1
      return secret
    }
    var url = server.url
    url.port = port ?? url.port
    url.replicas = replicas
    let owner = LockOwner(host: "test.host", process: Int32(secret & 0xFFFF), processStart: 7)
    backend = try RedisLockBackend(
      url, session: LockSession(owner: owner, secret: secret), format: format,
      reactor: reactor ?? Reactor())
  }

  /// Asks for a lock.
  func ask(
    _ name: LockName, _ mode: LockMode = .exclusive, term: Duration = TestLocker.term,
    waits: Bool = true, floor: Fence? = nil, reason: String = ""
  ) throws -> Asked {
    try Asked(
      backend, name, mode, term: term, waits: waits, floor: floor, reason: reason)
  }

  /// Asks, and waits for the grant.
  func hold(
    _ name: LockName, _ mode: LockMode = .exclusive, term: Duration = TestLocker.term,
    floor: Fence? = nil, reason: String = ""
  ) async throws -> Asked {
    let asked = try ask(name, mode, term: term, floor: floor, reason: reason)
    _ = try await asked.grant()
    return asked
  }

  func record(_ name: LockName) async throws -> LockRecord { try await backend.record(of: name) }
}
