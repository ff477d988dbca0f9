internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A task is cancelled after a semaphore has given it a permit, and before it runs.
  static let semaphorePermit: Scenario = {
    let permits = Parameter("permits", 1)
    return Scenario(
      "shape.semaphore-permit",
      asks: "Is a permit given back when the task it was given to is cancelled before it runs?",
      parameters: [permits],
      source: "groue/Semaphore, pull request 3; python/asyncio, issue 270", syncPoints: true,
      foundWithin: 152
    ) { lab, variant in
      let semaphore = AsyncSemaphore(permits: permits.value, name: "semaphore")
      let hasty = HastySemaphore(permits.value, .losesPermits)
      let used = Watched(0)
      lab.invariant("no more permits than there are") { used.value <= permits.value }
      @Sendable func visit() async {
        @Sendable func hold() async {
          used.change { $0 += 1 }
          await Task.yield()
          used.change { $0 -= 1 }
        }
        // The wait of one of them is cancelled.
        if variant == .guarded {
          try? await semaphore.withPermits { await hold() }
        } else {
          try? await hasty.withPermits(1) { await hold() }
        }
      }
      // Owner: this body, which waits for it.
      let cancelled = Task(name: "cancelled") { await visit() }
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "holder") { await visit() }
        group.addTask(name: "canceller") { cancelled.cancel() }
      }
      await cancelled.value
      let free = variant == .guarded ? permits.value - semaphore.statistics.inUse : hasty.free
      lab.check(free == permits.value, "\(free) of \(permits.value) permits are left")
    }
  }()
}
