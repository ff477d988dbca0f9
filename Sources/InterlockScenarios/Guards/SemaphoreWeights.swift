internal import Interlock
internal import InterlockLab

extension Scenario {
  /// The first in line, who asks for many permits, goes away; those behind would fit.
  static let semaphoreWeights: Scenario = {
    let permits = Parameter("permits", 2)
    return Scenario(
      "guard.semaphore-weights",
      asks: "Are those behind let in when the first in line, who asks for more, is cancelled?",
      parameters: [permits], syncPoints: true, foundWithin: 400
    ) { lab, variant in
      let semaphore = AsyncSemaphore(permits: permits.value, name: "semaphore")
      let hasty = HastySemaphore(permits.value, .forgetsThoseBehind)
      let used = Watched(0)
      let isBehindServed = Watched(false)
      lab.invariant("no more permits than there are") { used.value <= permits.value }
      @Sendable func take(_ count: Int, _ body: @Sendable () async -> Void) async {
        @Sendable func hold() async {
          used.change { $0 += count }
          await body()
          used.change { $0 -= count }
        }
        // The wait of one of them is cancelled.
        if variant == .guarded {
          try? await semaphore.withPermits(count) { await hold() }
        } else {
          try? await hasty.withPermits(count) { await hold() }
        }
      }
      // Owner: this body, which waits for it.
      let large = Task(name: "large") { await take(2) { await Task.yield() } }
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "holder") {
          await take(1) {
            // It stays until the one behind was let in beside it, for an hour at most.
            let deadline = SystemClock().now.advanced(by: .seconds(3600))
            while !isBehindServed.value, SystemClock().now < deadline {
              await SystemClock().pause(for: .seconds(600))
            }
            lab.check(isBehindServed.value, "a permit is free, and the next in line waits")
          }
        }
        group.addTask(name: "behind") { await take(1) { isBehindServed.change { $0 = true } } }
        group.addTask(name: "canceller") {
          await SystemClock().pause(for: .seconds(1))
          large.cancel()
        }
      }
      await large.value
      lab.check(variant != .guarded || semaphore.statistics.inUse == 0, "permits are still held")
    }
  }()
}
