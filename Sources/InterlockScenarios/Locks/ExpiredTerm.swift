internal import Interlock
internal import InterlockLab
internal import InterlockLocks

extension Scenario {
  /// An operation takes longer than the term of its lock.
  static let expiredTerm: Scenario = {
    let owners = Parameter("processes", 2)
    let term = Parameter("term in milliseconds", 1000)
    let work: [Duration] = [.milliseconds(900), .milliseconds(1500)]
    return Scenario(
      "lock.ttl-expiry",
      asks:
        "Is there one owner at a time, and no late write, when work takes longer than the term?",
      parameters: [owners, term], foundWithin: 24
    ) { lab, variant in
      let document = FencedDocument()
      let term = Duration.milliseconds(term.value)
      lab.invariant("one owner at a time") { document.log.value.writers <= 1 }
      lab.invariant("no late write") { document.log.value.staleWrites == 0 }
      @Sendable func write(_ owner: Int, _ fence: Fence) async {
        await document.enter()
        await SystemClock().pause(for: work[owner])
        await document.leave()
        await document.write(fence, isFenced: variant == .guarded)
      }
      if variant == .guarded {
        try await StoreClients.run(owners.value) { clients, _, _ in
          try await withThrowingTaskGroup(of: Void.self) { group in
            for owner in 0..<owners.value {
              group.addTask(name: "process-\(owner)") {
                // Renewed while it works; cancelled if that fails.
                try await clients[owner].withCancellableLock(
                  "lock", options: LockOptions(term: term)
                ) { await write(owner, $0.fence) }
              }
            }
            try await group.waitForAll()
          }
        }
      } else {
        let store = KeyStore()
        await withTaskGroup(of: Void.self) { group in
          for owner in 0..<owners.value {
            group.addTask(name: "process-\(owner)") {
              for _ in 0..<60 {
                if let fence = await store.acquire("lock", "process-\(owner)", for: term) {
                  await write(owner, fence)
                  return await store.delete("lock")
                }
                await SystemClock().pause(for: .milliseconds(400))
              }
            }
          }
        }
      }
      lab.check(document.log.value.writes == owners.value, "\(document.log.value.writes) writes")
    }
  }()
}
