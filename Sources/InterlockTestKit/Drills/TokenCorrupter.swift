internal import Interlock
public import InterlockLocks

/// Tries to end a grant with tokens that are not its own.
public struct TokenCorrupter: Sendable {
  private let backend: any LockBackend

  /// Tries it at a backend, by a session that holds nothing there.
  public init(_ backend: any LockBackend) { self.backend = backend }

  /// Tries to release and to force a lock that somebody else holds, with tokens that do not hold it.
  ///
  /// - Parameter name: The lock, which is held.
  /// - Throws: `LockError` when the backend cannot be asked.
  /// - Returns: each attempt that was not refused; empty when all were.
  public func attempts(on name: LockName) async throws -> [String] {
    var taken: [String] = []
    let stranger = backend.session.nextToken()
    if try await release(stranger, of: name) {
      taken.append("a release with a token of nobody's")
    }
    for holder in try await backend.record(of: name).holders {
      for token in Self.corrupted(holder.token) where try await force(name, token) {
        taken.append("a forced end with the token \(token)")
      }
    }
    return taken
  }

  /// Texts that are nearly a token: cut short, longer, with one digit changed, of another request, and nothing at all.
  static func corrupted(_ token: String) -> [String] {
    guard let last = token.last else { return ["x"] }
    let changed = token.dropLast() + (last == "0" ? "1" : "0")
    let texts = [String(token.dropLast()), token + "0", String(changed), "", token.uppercased()]
    return texts.filter { $0 != token }
  }

  private func release(_ token: LockToken, of name: LockName) async throws -> Bool {
    if let wasHeld = backend.releaseAtOnce(token, of: name) { return wasHeld }
    let answer = FirstAnswer<Result<Bool, LockError>>()
    backend.release(token, of: name) { answer.give($0) }
    return try await answer.value.get()
  }

  private func force(_ name: LockName, _ token: String) async throws -> Bool {
    do throws(LockError) {
      let ended = try await backend.forceUnlock(
        name, expecting: token, by: "\(backend.session.owner)", reason: "a wrong token")
      return !ended.isEmpty
    } catch {
      if case .notHolder = error.reason { return false }
      throw error
    }
  }
}
