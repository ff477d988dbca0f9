internal import Interlock
internal import InterlockLab

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
      let store = KeyStore()
      let document = FencedDocument()
      let lock = TermLock(store: store, key: "lock", term: .milliseconds(term.value))
      lab.invariant("one owner at a time") { document.log.value.writers <= 1 }
      lab.invariant("no late write") { document.log.value.staleWrites == 0 }
      @Sendable func write(_ owner: Int, _ fence: Int) async {
        await document.enter()
        await SystemClock().pause(for: work[owner])
        await document.leave()
        await document.write(fence, isFenced: variant == .guarded)
      }
      await withTaskGroup(of: Void.self) { group in
        for owner in 0..<owners.value {
          group.addTask(name: "process-\(owner)") {
            if variant == .guarded {
              let had = await lock.withLock("process-\(owner)") { await write(owner, $0) }
              lab.check(had, "process-\(owner) never got the lock")
              return
            }
            for _ in 0..<lock.attempts {
              if let fence = await store.acquire("lock", "process-\(owner)", for: lock.term) {
                await write(owner, fence)
                return await store.delete("lock")
              }
              await SystemClock().pause(for: .milliseconds(400))
            }
          }
        }
      }
      lab.check(document.log.value.writes == owners.value, "\(document.log.value.writes) writes")
    }
  }()
}
