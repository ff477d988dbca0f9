internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A waiter of a mutex is let in at the instant its deadline passes.
  static let mutexDeadline: Scenario = {
    let waiters = Parameter("waiters", 2)
    let limit = Duration.seconds(1)
    return Scenario(
      "guard.mutex-deadline",
      asks: "Is a mutex handed on when it is granted at the instant the waiter's deadline passes?",
      parameters: [waiters], syncPoints: true, foundWithin: 1904
    ) { lab, variant in
      let mutex = AsyncMutex((), name: "mutex")
      let hasty = HastyMutex(.forgetsDeadlines)
      let section = Watched(Section())
      let refused = Watched(0)
      lab.invariant("one at a time") { section.value.isExclusive }
      @Sendable func enter(_ visitor: Int, staying time: Duration, until deadline: Instant?) async {
        @Sendable func stay() async {
          section.change { $0.enter(visitor) }
          await SystemClock().pause(for: time)
          section.change { $0.leave() }
        }
        @Sendable func wait() async throws {
          guard variant == .guarded else {
            return try await hasty.withLock(until: deadline) { await stay() }
          }
          try await mutex.withLock(until: deadline) { _ in await stay() }
        }
        do { try await wait() } catch { refused.change { $0 += 1 } }
      }
      let deadline = SystemClock().now.advanced(by: limit)
      await withTaskGroup(of: Void.self) { group in
        group.addTask(name: "holder") { await enter(0, staying: limit, until: nil) }
        group.addTask(name: "hurried") { await enter(1, staying: .zero, until: deadline) }
        group.addTask(name: "patient") { await enter(2, staying: .zero, until: nil) }
      }
      let entries = section.value.entries
      lab.check(entries.count + refused.value == 3, "let in: \(entries), \(refused.value) refused")
      lab.check(entries.contains(0) && entries.contains(2), "let in: \(entries)")
    }
  }()
}
