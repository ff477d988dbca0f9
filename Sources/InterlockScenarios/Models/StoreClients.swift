internal import InterlockLocks
internal import InterlockSimulation

/// Clients of one simulated lock store, with what carries their messages.
enum StoreClients {
  /// Runs a body with a store and clients on links of their own.
  static func run(
    _ count: Int,
    _ body: ([LockClient], [SimulatedLockBackend], SimulatedLockStore) async throws -> Void
  ) async throws {
    let store = SimulatedLockStore()
    let links = (0..<count).map { store.connect(host: "client-\($0)") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask(name: "store") { await store.run() }
      for (number, link) in links.enumerated() {
        group.addTask(name: "link-\(number)") { await link.run() }
      }
      defer { group.cancelAll() }
      try await body(links.map { LockClient($0) }, links, store)
    }
  }
}
