internal import Interlock
internal import InterlockLab

extension Scenario {
  /// Many find the cache empty together.
  static let thunderingHerd: Scenario = {
    let callers = Parameter("callers", 6)
    return Scenario(
      "lock.thundering-herd",
      asks: "Is a value loaded once when many miss the cache together?",
      parameters: [callers], foundWithin: 10
    ) { lab, variant in
      let cache = KeyStore()
      let loads = Watched(0)
      let joined = JoinedLoad<Void>()
      lab.invariant("one load") { loads.value <= 1 }
      @Sendable func load() async {
        loads.change { $0 += 1 }
        await SystemClock().pause(for: .milliseconds(50))
        _ = await cache.acquire("value", "loaded", for: .seconds(3600))
      }
      await withTaskGroup(of: Void.self) { group in
        for caller in 0..<callers.value {
          group.addTask(name: "caller-\(caller)") {
            guard await cache.owner("value") == nil else { return }
            if variant == .guarded {
              await joined.value("value") { await load() }
            } else {
              await load()
            }
          }
        }
      }
    }
  }()
}
