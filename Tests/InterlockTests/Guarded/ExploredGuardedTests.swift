import Interlock
import InterlockLab
import Testing

/// The guarded box under the race explorer.
@Suite struct ExploredGuardedTests {
  private final class Cache: Sendable {
    let value = Guarded<Int?>(nil)
    let loads = Guarded(0)
  }

  /// Looks in one step and stores in another: nobody awaits, and it is a race all the same.
  private let careless: @Sendable (Lab) async throws -> Void = { lab in
    let cache = Cache()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          guard cache.value.withLock({ $0 }) == nil else { return }
          cache.loads.withLock { $0 += 1 }
          cache.value.withLock { $0 = 1 }
        }
      }
    }
    lab.check(cache.loads.withLock { $0 } == 1, "loaded twice")
  }

  @Test func `check and use in two steps is found at the unlock between them`() async throws {
    var plan = Plan.default
    #expect(await Lab.measure(plan, careless).failures == 0)
    plan.syncPoints = true
    let failure = await #expect(throws: LabFailure.self) { try await Lab.explore(plan, careless) }
    #expect(failure?.report.outcome == .failed("loaded twice"))
  }

  @Test func `check and use in one step is not`() async throws {
    var plan = Plan.exhaustive(preemptions: nil)
    plan.syncPoints = true
    let report = try await Lab.explore(plan) { lab in
      let cache = Cache()
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            let isFirst = cache.value.withLock { value in
              defer { value = 1 }
              return value == nil
            }
            if isFirst { cache.loads.withLock { $0 += 1 } }
          }
        }
      }
      lab.check(cache.loads.withLock { $0 } == 1, "loaded twice")
    }
    #expect(report.isComplete)
  }

  @Test func `the reduction tries both orders of two steps on one box`() async throws {
    let report = try await Lab.explore(
      .exhaustive(preemptions: nil, reduction: .isolation)
    ) { _ in
      let cache = Cache()
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<2 {
          group.addTask { cache.value.withLock { $0 = ($0 ?? 1) * 2 + number } }
        }
      }
    }
    #expect(report.schedules == 2)
  }
}
