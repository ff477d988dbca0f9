internal import Interlock
internal import InterlockLab
internal import InterlockLocks
internal import InterlockSimulation

extension Scenario {
  /// The holder of a lock crashes, wherever it is.
  static let crashAnywhere: Scenario = {
    let processes = Parameter("processes", 2)
    let term = Parameter("term in milliseconds", 1000)
    return Scenario(
      "lock.crash-anywhere",
      asks: "Does the next process get the lock within two terms when its holder crashes anywhere?",
      parameters: [processes, term], faults: .crashAnywhere, foundWithin: 152
    ) { lab, variant in
      let document = FencedDocument()
      let isServed = Watched(false)
      let term = Duration.milliseconds(term.value)
      lab.invariant("no late write") { document.log.value.staleWrites == 0 }
      @Sendable func write(_ fence: Fence) async {
        await SystemClock().pause(for: .milliseconds(400))
        await document.write(fence, isFenced: !variant.isDefective)
      }
      let limit = SystemClock().now.advanced(by: term * 2)
      if variant == .guarded {
        try await StoreClients.run(1) { clients, _, store in
          lab.process("holder") { _ in
            // What carries its messages dies with it.
            let link = store.connect(host: "holder")
            let client = LockClient(link)
            await withTaskGroup(of: Void.self) { group in
              group.addTask(name: "holder-link") { await link.run() }
              try? await client.withLock("lock", options: LockOptions(term: term)) {
                await write($0.fence)
              }
              group.cancelAll()
            }
          }
          try await clients[0].withLock("lock", options: LockOptions(term: term)) { lease in
            isServed.change { $0 = SystemClock().now <= limit }
            await write(lease.fence)
          }
        }
      } else {
        let store = KeyStore()
        @Sendable func hold(_ token: String, _ body: (Fence) async -> Void) async {
          for _ in 0..<10 {
            // Without a term it is held until it is given back.
            if let fence = await store.acquire("lock", token, for: .seconds(86_400)) {
              await body(fence)
              _ = await store.delete("lock", ifOwnedBy: token)
              return
            }
            await SystemClock().pause(for: .milliseconds(300))
          }
        }
        lab.process("holder") { _ in await hold("holder", write) }
        await hold("survivor") { fence in
          isServed.change { $0 = SystemClock().now <= limit }
          await write(fence)
        }
      }
      lab.check(isServed.value, "the survivor did not get the lock within two terms")
    }
  }()
}
