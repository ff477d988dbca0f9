internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A waiter of a mutex is let in and cancelled at the same time.
  static let mutexCancellation: Scenario = {
    let waiters = Parameter("waiters", 2)
    return Scenario(
      "guard.mutex-cancel",
      asks: "Is a mutex handed on when the waiter it was granted to is cancelled?",
      parameters: [waiters], syncPoints: true, foundWithin: 1512
    ) { lab, variant in
      let mutex = AsyncMutex((), name: "mutex")
      let hasty = HastyMutex(.losesGrants)
      let section = Watched(Section())
      lab.invariant("one at a time") { section.value.isExclusive }
      @Sendable func enter(_ visitor: Int) async {
        @Sendable func stay() async {
          section.change { $0.enter(visitor) }
          await Task.yield()
          section.change { $0.leave() }
        }
        // The wait of one of them is cancelled.
        if variant == .guarded {
          try? await mutex.withLock { _ in await stay() }
        } else {
          try? await hasty.withLock { await stay() }
        }
      }
      // Owner: this body, which waits for it.
      let cancelled = Task(name: "cancelled") { await enter(1) }
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "holder") { await enter(0) }
        group.addTask(name: "waiter") { await enter(2) }
        group.addTask(name: "canceller") { cancelled.cancel() }
      }
      await cancelled.value
      let entries = section.value.entries
      lab.check(entries.contains(0) && entries.contains(2), "let in: \(entries)")
      lab.check(variant != .guarded || mutex.statistics.inUse == 0, "it is still held")
    }
  }()
}
