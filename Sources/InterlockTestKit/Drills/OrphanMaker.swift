internal import Interlock
public import InterlockLocks

/// Makes grants that nobody owns: nothing renews them, and nothing gives them back.
///
/// They end by time, or with the process that made them, as the backend has it.
public struct OrphanMaker: Sendable {
  private let backend: any LockBackend

  /// Makes them of a backend.
  public init(_ backend: any LockBackend) { self.backend = backend }

  /// Makes one.
  ///
  /// - Parameters:
  ///   - name: The lock.
  ///   - term: How long it lasts, where grants end by time.
  /// - Throws: `LockError`, with `timedOut` when somebody holds the lock.
  /// - Returns: the grant, and how it is recorded.
  public func make(
    _ name: LockName, term: Duration = .milliseconds(500)
  ) async throws -> (grant: LockGrant, token: String) {
    let token = backend.session.nextToken()
    let request = LockRequest(name, token: token, term: term, waits: false, reason: "an orphan")
    let answer = FirstAnswer<Result<LockGrant, LockRefusal>>()
    do throws(LockRefusal) {
      let grant = try backend.request(request) { event in
        switch event {
        case .granted(let grant): answer.give(.success(grant))
        case .refused(let refusal): answer.give(.failure(refusal))
        case .asked, .lost: break
        }
      }
      if let grant { answer.give(.success(grant)) }
    } catch {
      answer.give(.failure(error))
    }
    switch await answer.value {
    case .success(let grant): return (grant, backend.text(of: token, for: name))
    case .failure(.failed(let error)): throw error
    case .failure(.busy(let holder)), .failure(.withdrawn(let holder)):
      throw LockError(name, .timedOut(limit: .zero, holder: holder))
    }
  }
}
