internal import Interlock

/// Finds circles of waiting among the tasks of one client.
///
/// From a request to those in its way: who holds the lock in a mode it may not join, and who is in line before it. A
/// holder is in the way for good only if a body of it waits for something too. Each step is one look; a circle does not
/// end by itself, so looks at different moments see it all the same.
struct DeadlockSearch {
  /// Longer chains are not followed: nobody nests locks so deep.
  private static let longestChain = 64

  let backend: any LockBackend
  let keeper: LockKeeper

  /// The requests of a circle that `claim` is in, itself first; nil when there is none.
  func circle(through claim: Claim) -> [Claim]? {
    var visited: Set<LockToken> = [claim.token]
    var path = [claim]
    return follow(claim, to: claim, &path, &visited) ? path : nil
  }

  private func follow(
    _ claim: Claim, to start: Claim, _ path: inout [Claim], _ visited: inout Set<LockToken>
  ) -> Bool {
    guard path.count <= Self.longestChain else { return false }
    for token in backend.blockers(of: claim.token, for: claim.name) {
      if start.holds(token) { return true }
      let next = keeper.waiter(token).map { [$0] } ?? keeper.waiters(holding: token)
      for waiter in next where visited.insert(waiter.token).inserted {
        path.append(waiter)
        if follow(waiter, to: start, &path, &visited) { return true }
        path.removeLast()
      }
    }
    return false
  }

  /// What each of them waits for.
  static func edges(of circle: [Claim]) -> [LockError.DeadlockEdge] {
    circle.map { claim in
      LockError.DeadlockEdge(
        name: claim.name.text, waiter: "the holder of \(claim.heldNames)",
        reason: claim.request.reason)
    }
  }
}

extension Claim {
  private var chain: some Sequence<Claim> {
    sequence(first: outer, next: { $0?.outer }).lazy.compactMap { $0 }
  }

  /// Whether the task that waits here is in a body of the grant that goes by the token.
  fileprivate func holds(_ token: LockToken) -> Bool { chain.contains { $0.token == token } }

  fileprivate var heldNames: String {
    let names = chain.map { "'\($0.name)'" }
    return names.isEmpty ? "nothing" : names.joined(separator: ", ")
  }
}
