import Interlock
import InterlockSimulation
import Testing

@Suite struct VirtualClockTests {
  @Test func `time stands still while anyone works and then jumps to the earliest sleeper`() throws
  {
    let instants = try SeededScheduler.run(seed: 3) { scheduler in
      let clock = scheduler.clock
      var instants = [clock.now]
      for _ in 0..<100 { await Task.yield() }
      instants.append(clock.now)
      await withTaskGroup { group in
        for seconds in [3, 1, 2] {
          group.addTask { () -> Instant in
            try? await clock.sleep(for: .seconds(seconds))
            return clock.now
          }
        }
        for await instant in group { instants.append(instant) }
      }
      return instants
    }
    #expect(instants.map { $0.nanoseconds / 1_000_000_000 } == [0, 0, 1, 2, 3])
  }

  @Test func `a deadline that has passed does not suspend`() throws {
    let steps = try SeededScheduler.run(seed: 3) { scheduler in
      try await scheduler.clock.sleep(for: .seconds(1))
      let before = scheduler.steps
      try await scheduler.clock.sleep(until: scheduler.clock.now)
      try await scheduler.clock.sleep(for: .seconds(-5))
      return scheduler.steps - before
    }
    #expect(steps == 0)
  }

  @Test func `a cancelled sleeper wakes at the present instant, whatever comes first`() throws {
    for seed in 0..<500 as Range<UInt64> {
      try SeededScheduler.run(seed: seed) { scheduler in
        let clock = scheduler.clock
        let woken = await withTaskGroup { group in
          group.addTask { () -> Instant in
            do {
              try await clock.sleep(for: .seconds(3600))
              return .distantFuture
            } catch {
              return clock.now
            }
          }
          group.addTask { () -> Instant in
            for _ in 0..<3 { await Task.yield() }
            return clock.now
          }
          _ = await group.next()
          group.cancelAll()
          return await group.next()
        }
        try #require(woken == .origin, "seed \(seed)")
      }
    }
  }

  @Test func `a task that is already cancelled does not sleep`() throws {
    try SeededScheduler.run(seed: 0) { scheduler in
      await withTaskGroup(of: Void.self) { group in
        group.cancelAll()
        group.addTask {
          await #expect(throws: CancellationError.self) {
            try await scheduler.clock.sleep(for: .zero)
          }
        }
      }
    }
  }

  @Test func `thousands of cancelled sleeps are forgotten and do not disturb the others`() throws {
    let end = try SeededScheduler.run(seed: 11) { scheduler in
      let clock = scheduler.clock
      for _ in 0..<2000 {
        await withTaskGroup { group in
          group.addTask { try? await clock.sleep(for: .seconds(10)) }
          group.addTask { try? await clock.sleep(for: .milliseconds(1)) }
          await group.next()
          group.cancelAll()
        }
      }
      return clock.now
    }
    #expect(end == Instant(nanoseconds: 2_000_000_000))
  }
}
