internal import Interlock
internal import InterlockLocks

/// A lock that a task of its own holds until it is told to give it back.
final class Hold: Sendable {
  let lease: LockLease
  private let end: FirstAnswer<Void>
  private let body: Task<Void, any Error>

  /// Takes it, and returns once it is held.
  init(
    _ client: LockClient, _ name: LockName, _ mode: LockMode = .exclusive,
    options: LockOptions = LockOptions()
  ) async throws {
    let begun = FirstAnswer<Result<LockLease, any Error>>()
    let end = FirstAnswer<Void>()
    // Owned by this, which is told to end and awaited by the check.
    body = Task {
      do {
        try await client.withLock(name, mode, options: options) { lease in
          begun.give(.success(lease))
          await end.value
        }
      } catch {
        begun.give(.failure(error))
        throw error
      }
    }
    self.end = end
    lease = try await begun.value.get()
  }

  deinit { end.give(()) }

  /// Gives it back.
  func release() async throws {
    end.give(())
    try await body.value
  }
}
