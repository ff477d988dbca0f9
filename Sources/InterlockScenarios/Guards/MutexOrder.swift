internal import Interlock
internal import InterlockLab

extension Scenario {
  /// A newcomer comes while a mutex is handed to the first in line.
  static let mutexOrder: Scenario = {
    let visitors = Parameter("visitors", 4)
    return Scenario(
      "guard.mutex-order",
      asks: "Is each let in alone, in the order in which they came, while newcomers press?",
      parameters: [visitors], foundWithin: 144
    ) { lab, variant in
      let mutex = AsyncMutex((), name: "mutex")
      let hasty = HastyMutex(.isFreeBetween)
      let section = Watched(Section())
      let arrivals = Watched<[Int]>([])
      lab.invariant("one at a time") { section.value.isExclusive }
      lab.invariant("first come, first served") {
        arrivals.value.starts(with: section.value.entries)
      }
      await withTaskGroup(of: Void.self) { group in
        for visitor in 0..<visitors.value {
          group.addTask(name: "visitor-\(visitor)") {
            @Sendable func stay() async {
              section.change { $0.enter(visitor) }
              await Task.yield()
              section.change { $0.leave() }
            }
            // The place in line is taken in the same step. Nobody cancels the wait.
            arrivals.change { $0.append(visitor) }
            if variant == .guarded {
              try? await mutex.withLock { _ in await stay() }
            } else {
              try? await hasty.withLock { await stay() }
            }
          }
        }
      }
      lab.check(section.value.entries.count == visitors.value, "\(section.value.entries)")
    }
  }()
}
