internal import Interlock
internal import InterlockLab
internal import InterlockLocks
internal import InterlockSimulation

extension Scenario {
  /// An owner that was started again gives back by name what another owns by now.
  static let tokenMismatch: Scenario = {
    let writers = Parameter("writers", 2)
    return Scenario(
      "lock.token-mismatch",
      asks: "Can an owner that was started again give back a lock that is another's by now?",
      parameters: [writers], foundWithin: 48
    ) { lab, variant in
      let document = FencedDocument()
      lab.invariant("one writer at a time") { document.log.value.writers <= 1 }
      lab.invariant("no late write") { document.log.value.staleWrites == 0 }
      @Sendable func write(_ fence: Fence) async {
        await document.enter()
        await SystemClock().pause(for: .milliseconds(1500))
        await document.leave()
        await document.write(fence, isFenced: variant == .guarded)
      }
      if variant == .guarded {
        try await StoreClients.run(writers.value + 1) { clients, links, _ in
          // Its owner crashed: nobody renews it.
          let link = links[writers.value]
          let token = link.session.nextToken()
          let request = LockRequest("lock", token: token, term: .seconds(3))
          let held = FirstAnswer<Void>()
          _ = try link.request(request) { _ in held.give(()) }
          await held.value
          try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers.value {
              group.addTask(name: "writer-\(writer)") {
                try await clients[writer].withLock("lock") { await write($0.fence) }
              }
            }
            group.addTask(name: "restarted") {
              await SystemClock().pause(for: .seconds(4))
              let answer = FirstAnswer<Result<Bool, LockError>>()
              link.release(token, of: "lock") { answer.give($0) }
              let wasHeld = try await answer.value.get()
              lab.check(!wasHeld, "it gave back what was not its own any more")
            }
            try await group.waitForAll()
          }
        }
        return
      }
      let store = KeyStore()
      // Its owner crashed: nobody knows this token.
      _ = await store.acquire("lock", "crashed", for: .seconds(3))
      await withTaskGroup(of: Void.self) { group in
        for writer in 0..<writers.value {
          group.addTask(name: "writer-\(writer)") {
            for _ in 0..<60 {
              if let fence = await store.acquire("lock", "writer-\(writer)", for: .seconds(60)) {
                await write(fence)
                _ = await store.delete("lock", ifOwnedBy: "writer-\(writer)")
                return
              }
              await SystemClock().pause(for: .seconds(1))
            }
          }
        }
        group.addTask(name: "restarted") {
          await SystemClock().pause(for: .seconds(4))
          await store.delete("lock")
        }
      }
    }
  }()
}
