internal import InterlockLab

extension Scenario {
  /// An administrator clears the locks while an operation holds one.
  static let clearLocks: Scenario = {
    let operations = Parameter("operations", 1)
    return Scenario(
      "lock.clear-locks",
      asks: "Does an operation keep its lock when an administrator clears those left behind?",
      variants: [.unguarded, .tempting, .guarded], parameters: [operations], foundWithin: 284
    ) { lab, variant in
      let store = KeyStore()
      let lost = Watched(0)
      lab.invariant("nothing is written to what is not locked") { lost.value == 0 }
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "administrator") {
          switch variant {
          case .unguarded:
            await store.delete("lock")
          case .tempting:
            // It looks as if nobody has it: a check before an act once more.
            if await store.owner("lock") != "operation" { await store.delete("lock") }
          case .guarded:
            // Only what is proven to be nobody's, by its token.
            _ = await store.delete("lock", ifOwnedBy: "crashed")
          }
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
