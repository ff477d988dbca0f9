internal import Interlock
internal import InterlockLab
internal import InterlockLocks

extension Scenario {
  /// Requests follow each other while the first still works.
  static let rapidSequential: Scenario = {
    let requests = Parameter("requests", 5)
    let gateway = Parameter("gateway limit in seconds", 30)
    return Scenario(
      "lock.rapid-sequential",
      asks: "Do requests that come while one works get their turn before the gateway gives up?",
      parameters: [requests, gateway], foundWithin: 10
    ) { lab, variant in
      let store = KeyStore()
      let locks = LockClient(InProcessBackend())
      let section = Watched(Section())
      lab.invariant("one request works at a time") { section.value.isExclusive }
      @Sendable func work() async {
        section.change { $0.enter() }
        await SystemClock().pause(for: .seconds(2))
        section.change { $0.leave() }
      }
      let failed = Watched(0)
      await withTaskGroup(of: Void.self) { group in
        for request in 0..<requests.value {
          group.addTask(name: "request-\(request)") {
            await SystemClock().pause(for: .milliseconds(100 * request))
            if variant == .guarded {
              do {
                try await locks.withLock("document", timeout: .seconds(gateway.value)) { _ in
                  await work()
                }
              } catch {
                failed.change { $0 += 1 }
              }
            } else if await store.acquire("document", "\(request)", for: .seconds(60)) != nil {
              await work()
              await store.delete("document")
            } else {
              failed.change { $0 += 1 }
            }
          }
        }
      }
      lab.check(failed.value == 0, "\(failed.value) of \(requests.value) requests failed")
    }
  }()
}
