internal import Interlock
internal import InterlockLab

extension Scenario {
  /// An owner that was started again gives back by name what another owns by now.
  static let tokenMismatch: Scenario = {
    let writers = Parameter("writers", 2)
    return Scenario(
      "lock.token-mismatch",
      asks: "Can an owner that was started again give back a lock that is another's by now?",
      parameters: [writers], foundWithin: 48
    ) { lab, variant in
      let store = KeyStore()
      let document = FencedDocument()
      let lock = TermLock(store: store, key: "lock", term: .seconds(60), retry: .seconds(1))
      lab.invariant("one writer at a time") { document.log.value.writers <= 1 }
      lab.invariant("no late write") { document.log.value.staleWrites == 0 }
      @Sendable func write(_ fence: Int) async {
        await document.enter()
        await SystemClock().pause(for: .milliseconds(1500))
        await document.leave()
        await document.write(fence, isFenced: variant == .guarded)
      }
      // Its owner crashed: nobody knows this token.
      _ = await store.acquire("lock", "crashed", for: .seconds(3))
      await withTaskGroup(of: Void.self) { group in
        for writer in 0..<writers.value {
          group.addTask(name: "writer-\(writer)") {
            lab.check(
              await lock.withLock("writer-\(writer)", write), "writer-\(writer) never got the lock")
          }
        }
        group.addTask(name: "restarted") {
          await SystemClock().pause(for: .seconds(4))
          if variant == .guarded {
            _ = await store.delete("lock", ifOwnedBy: "crashed")
          } else {
            await store.delete("lock")
          }
        }
      }
    }
  }()
}
