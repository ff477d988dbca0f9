import Interlock
import InterlockLabTesting
import TestSupport
import Testing

@Suite(.tags(.race), .ownThread) struct DoorbellTests {
  @Test(.explored(.many(100))) func `a ring before the wait is kept, and several are one`()
    async throws
  {
    let bell = Doorbell()
    bell.ring()
    bell.ring()
    #expect(await bell.wait() == .rung)
    let (clock, later) = (Stopwatch(), Instant(nanoseconds: 1_000_000_000))
    await bell.wait(until: later, on: clock)
    #expect(clock.now == later, "the second ring was not kept apart")
  }

  @Test(.explored(.many(100))) func `a hush forgets rings but not that the bell was closed`()
    async throws
  {
    let bell = Doorbell()
    bell.ring()
    bell.hush()
    let (clock, later) = (Stopwatch(), Instant(nanoseconds: 1_000_000_000))
    await bell.wait(until: later, on: clock)
    #expect(clock.now == later)
    bell.close()
    bell.hush()
    #expect(await bell.wait() == .closed)
    #expect(await bell.wait() == .closed, "once closed, for good")
  }

  @Test(.explored(.many())) func `whoever hushes, looks and waits misses nothing`() async throws {
    let bell = Doorbell()
    let work = Journal<Int>()
    try await withThrowingTaskGroup { group in
      for name in 0..<3 {
        group.addTask {
          work.write(name)
          bell.ring()
        }
      }
      // Were a ring lost, this would wait for ever, which the lab reports.
      while true {
        bell.hush()
        if work.all.count == 3 { break }
        try #require(await bell.wait() == .rung)
      }
      try await group.waitForAll()
    }
  }

  @Test(.explored(.many())) func `a wait ends at its deadline, or at a ring before`() async throws {
    let ends = Journal<Instant>()
    let bell = Doorbell()
    let clock = Stopwatch()
    let isRung = choose(2) == 1
    let deadline = Instant(nanoseconds: 2_000_000_000)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await bell.wait(until: deadline, on: clock)
        ends.write(clock.now)
      }
      if isRung {
        group.addTask {
          try? await clock.sleep(until: Instant(nanoseconds: 1_000_000_000))
          bell.ring()
        }
      }
    }
    let end = isRung ? 1_000_000_000 : 2_000_000_000
    try #require(ends.all.last == Instant(nanoseconds: Int64(end)))
  }

  @Test(.explored(.many()))
  func `a cancelled waiter returns at once, and the next one waits as if it had not been`()
    async throws
  {
    let bell = Doorbell()
    let clock = Stopwatch()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await bell.wait(until: .distantFuture, on: clock) }
      await Task.yield()
      group.cancelAll()
    }
    try #require(clock.now == .origin)
    bell.hush()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        let wake = await bell.wait()
        if wake != .rung { Issue.record("\(wake)") }
      }
      await Task.yield()
      bell.ring()
    }
  }
}
