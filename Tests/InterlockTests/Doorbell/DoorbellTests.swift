import Interlock
import InterlockSimulation
import TestSupport
import Testing

@Suite(.tags(.race), .ownThread) struct DoorbellTests {
  @Test func `a ring before the wait is kept, and several are one`() throws {
    try SeededScheduler.run(seed: 1) { scheduler in
      let bell = Doorbell()
      bell.ring()
      bell.ring()
      #expect(await bell.wait() == .rung)
      let later = Instant(nanoseconds: 1_000_000_000)
      await bell.wait(until: later, on: scheduler.clock)
      #expect(scheduler.clock.now == later, "the second ring was not kept apart")
    }
  }

  @Test func `a hush forgets rings but not that the bell was closed`() throws {
    try SeededScheduler.run(seed: 1) { scheduler in
      let bell = Doorbell()
      bell.ring()
      bell.hush()
      let later = Instant(nanoseconds: 1_000_000_000)
      await bell.wait(until: later, on: scheduler.clock)
      #expect(scheduler.clock.now == later)
      bell.close()
      bell.hush()
      #expect(await bell.wait() == .closed)
      #expect(await bell.wait() == .closed, "once closed, for good")
    }
  }

  @Test func `whoever hushes, looks and waits misses nothing`() throws {
    let exploration = try SeededScheduler.explore(seeds: Schedules.seeds()) { scheduler in
      let bell = Doorbell()
      let work = Journal<Int>()
      try await withThrowingTaskGroup { group in
        for name in 0..<3 {
          group.addTask {
            for _ in 0..<name { await Task.yield() }
            work.write(name)
            bell.ring()
          }
        }
        // Were a ring lost, this would wait for ever, which the scheduler reports.
        while true {
          bell.hush()
          if work.all.count == 3 { break }
          try #require(await bell.wait() == .rung, "seed \(scheduler.seed)")
        }
        try await group.waitForAll()
      }
    }
    #expect(exploration.distinctSchedules > 10)
  }

  @Test func `a wait ends at its deadline, or at a ring before`() throws {
    let ends = Journal<Instant>()
    try SeededScheduler.explore(seeds: Schedules.seeds()) { scheduler in
      let bell = Doorbell()
      let clock = scheduler.clock
      let deadline = Instant(nanoseconds: 2_000_000_000)
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await bell.wait(until: deadline, on: clock)
          ends.write(clock.now)
        }
        if scheduler.seed.isMultiple(of: 2) {
          group.addTask {
            try? await clock.sleep(until: Instant(nanoseconds: 1_000_000_000))
            bell.ring()
          }
        }
      }
      let end = scheduler.seed.isMultiple(of: 2) ? 1_000_000_000 : 2_000_000_000
      try #require(ends.all.last == Instant(nanoseconds: Int64(end)), "seed \(scheduler.seed)")
    }
  }

  @Test func `a cancelled waiter returns at once, and the next one waits as if it had not been`()
    throws
  {
    try SeededScheduler.explore(seeds: Schedules.seeds()) { scheduler in
      let bell = Doorbell()
      let clock = scheduler.clock
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await bell.wait(until: .distantFuture, on: clock) }
        for _ in 0..<(scheduler.seed % 4) { await Task.yield() }
        group.cancelAll()
      }
      try #require(clock.now == .origin, "seed \(scheduler.seed)")
      bell.hush()
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          let wake = await bell.wait()
          if wake != .rung { Issue.record("seed \(scheduler.seed): \(wake)") }
        }
        await Task.yield()
        bell.ring()
      }
    }
  }
}
