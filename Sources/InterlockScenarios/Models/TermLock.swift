internal import Interlock

/// A lock with a term over a store: who holds it renews it, is told of its loss, and gives it back by token.
///
/// `Lease` and the lock manager take its place.
struct TermLock: Sendable {
  let store: KeyStore
  let key: String
  let term: Duration
  /// How often, and after how long each time, a lock that another holds is asked for again.
  var attempts = 60
  var retry = Duration.milliseconds(500)

  /// Runs the body while it holds the lock; the body is cancelled when the lock is lost.
  ///
  /// - Returns: whether the lock was had.
  func withLock(
    _ token: String, _ body: @escaping @Sendable (_ fence: Int) async -> Void
  ) async -> Bool {
    guard let fence = await acquire(token) else { return false }
    await withTaskGroup(of: Void.self) { group in
      group.addTask(name: "\(token)-work") { await body(fence) }
      group.addTask(name: "\(token)-renewal") { await keep(token) }
      await group.next()
      group.cancelAll()
    }
    _ = await store.delete(key, ifOwnedBy: token)
    return true
  }

  private func acquire(_ token: String) async -> Int? {
    for _ in 0..<attempts {
      if let fence = await store.acquire(key, token, for: term) { return fence }
      // Cancelled, it asks a last few times without waiting.
      await SystemClock().pause(for: retry)
    }
    return nil
  }

  /// Renews the term until it is lost or the work is done.
  private func keep(_ token: String) async {
    while await store.extend(key, token, for: term) {
      guard (try? await SystemClock().sleep(for: term / 3)) != nil else { return }
    }
  }
}
