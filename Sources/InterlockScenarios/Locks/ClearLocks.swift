internal import InterlockLab
internal import InterlockLocks

extension Scenario {
  /// An administrator clears the locks while an operation holds one.
  static let clearLocks: Scenario = {
    let operations = Parameter("operations", 1)
    return Scenario(
      "lock.clear-locks",
      asks: "Does an operation keep its lock when an administrator clears those left behind?",
      variants: [.unguarded, .tempting, .guarded], parameters: [operations], foundWithin: 284
    ) { lab, variant in
      let lost = Watched(0)
      lab.invariant("nothing is written to what is not locked") { lost.value == 0 }
      if variant == .guarded {
        try await StoreClients.run(2) { clients, _, _ in
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(name: "administrator") {
              // Only those of holders known to be gone, and each by its token.
              _ = try await clients[1].clear(below: nil, .orphans)
            }
            group.addTask(name: "operation") {
              try await clients[0].withLock("lock") { lease in
                await Task.yield()
                if (try? lease.check()) == nil { lost.change { $0 += 1 } }
              }
            }
            try await group.waitForAll()
          }
        }
        return
      }
      let store = KeyStore()
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "administrator") {
          if variant == .tempting {
            // It looks as if nobody has it: a check before an act once more.
            guard await store.owner("lock") != "operation" else { return }
          }
          await store.delete("lock")
        }
        group.addTask(name: "operation") {
          guard await store.acquire("lock", "operation", for: .seconds(60)) != nil else { return }
          await Task.yield()
          if await store.owner("lock") != "operation" { lost.change { $0 += 1 } }
          _ = await store.delete("lock", ifOwnedBy: "operation")
        }
      }
    }
  }()
}
