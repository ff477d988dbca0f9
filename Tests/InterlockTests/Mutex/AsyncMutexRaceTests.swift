import Interlock
import InterlockLabTesting
import TestSupport
import Testing

@Suite(.tags(.race), .ownThread) struct AsyncMutexRaceTests {
  @Test(.explored(.many())) func `three waiters are served one at a time in the order they came`()
    async throws
  {
    let mutex = AsyncMutex(false, clock: Stopwatch())
    let asked = Journal<Int>()
    let served = Journal<Int>()
    try await withThrowingTaskGroup { group in
      for name in 0..<4 {
        group.addTask {
          // The place in line is taken in the same step.
          asked.write(name)
          try await mutex.withLock { busy in
            try #require(!busy)
            busy = true
            served.write(name)
            await Task.yield()
            await Task.yield()
            busy = false
          }
        }
      }
      try await group.waitForAll()
    }
    try #require(asked.all == served.all)
    try #require(mutex.statistics.admitted == 4 && mutex.statistics.inUse == 0)
  }

  @Test(.explored(.many())) func `a grant that meets a cancellation is never lost`() async throws {
    let mutex = AsyncMutex(0)
    let ran = await withTaskGroup(of: Void.self) { group in
      let ran = Journal<Int>()
      group.addTask {
        try? await mutex.withLock { _ in await Task.yield() }
      }
      group.addTask {
        await withTaskGroup(of: Void.self) { waiter in
          waiter.addTask {
            // The grant wins or the cancellation does; both are right, a third is not.
            do {
              try await mutex.withLock { $0 += 1 }
              ran.write(1)
            } catch is CancellationError {
            } catch {
              Issue.record("\(error)")
            }
          }
          await Task.yield()
          waiter.cancelAll()
        }
      }
      group.addTask { try? await mutex.withLock { $0 += 10 } }
      await group.waitForAll()
      return ran.all.count
    }
    let value = try await mutex.withLock { $0 }
    try #require(value == 10 + ran)
    let statistics = mutex.statistics
    try #require(statistics.inUse == 0 && statistics.waiting == 0)
  }

  @Test(.explored(.many()))
  func `a grant at the very deadline is either taken or refused, and never lost`() async throws {
    let granted = Journal<Void>()
    let clock = Stopwatch()
    let mutex = AsyncMutex(0, clock: clock)
    let deadline = Instant(nanoseconds: 1_000_000_000)
    try await withThrowingTaskGroup { group in
      group.addTask { try await mutex.withLock { _ in try await clock.sleep(until: deadline) } }
      group.addTask {
        try await clock.sleep(until: Instant(nanoseconds: 1))
        do {
          try await mutex.withLock(until: deadline) { $0 += 1 }
          granted.write(())
        } catch let error as AdmissionError {
          guard case .timedOut(_, let ahead, _, _) = error.reason else { throw error }
          try #require(ahead == 0)
        }
      }
      group.addTask {
        try await clock.sleep(until: Instant(nanoseconds: 2))
        try await mutex.withLock { $0 += 10 }
      }
      try await group.waitForAll()
    }
    let value = try await mutex.withLock { $0 }
    try #require(value == 10 + granted.all.count)
    try #require(clock.now == deadline, "time went on to \(clock.now)")
    try #require(mutex.statistics.inUse == 0)
  }

  @Test(.explored(.many())) func `a cancelled waiter never holds`() async throws {
    let clock = Stopwatch()
    let mutex = AsyncMutex((), clock: clock)
    try await withThrowingTaskGroup { group in
      // Held for a whole second, so each of these is cancelled while it waits.
      group.addTask { try await mutex.withLock { _ in try await clock.sleep(for: .seconds(1)) } }
      group.addTask {
        await withTaskGroup(of: Void.self) { waiters in
          for number in 0..<3 {
            waiters.addTask {
              try? await clock.sleep(until: Instant(nanoseconds: 1))
              let deadline = number == 1 ? Instant(nanoseconds: 900_000_000) : nil
              try? await mutex.withLock(until: deadline) { _ -> Void in
                Issue.record("a cancelled waiter holds")
              }
            }
          }
          try? await clock.sleep(until: Instant(nanoseconds: 500_000_000))
          waiters.cancelAll()
        }
        try #require(clock.now == Instant(nanoseconds: 500_000_000))
      }
      try await group.waitForAll()
    }
    try #require(mutex.statistics.cancelled == 3)
  }

  /// Five tasks that lock, are cancelled and run out of time at random: whatever happens, one at a
  /// time, every admission is a body run, and the mutex is free in the end.
  @Test(.explored(.many(1500))) func `random crowds leave the mutex free and every grant used`()
    async throws
  {
    let clock = Stopwatch()
    let mutex = AsyncMutex(false, clock: clock)
    let bodies = Journal<Int>()
    try await withThrowingTaskGroup { group in
      for name in 0..<5 {
        let plan = (0..<3).map { _ in
          (start: choose(4), hold: choose(3), limit: choose(6), cancelAfter: choose(6))
        }
        group.addTask {
          for step in plan {
            try await clock.sleep(for: .nanoseconds(step.start))
            let deadline =
              step.limit == 0 ? nil : clock.now.advanced(byNanoseconds: Int64(step.limit))
            try await withThrowingTaskGroup { inner in
              inner.addTask {
                do {
                  try await mutex.withLock(until: deadline) { busy in
                    try #require(!busy)
                    busy = true
                    bodies.write(name)
                    defer { busy = false }
                    try? await clock.sleep(for: .nanoseconds(step.hold))
                  }
                } catch is CancellationError {
                } catch is AdmissionError {}
              }
              if step.cancelAfter < 4 {
                try await clock.sleep(for: .nanoseconds(step.cancelAfter))
                inner.cancelAll()
              }
              try await inner.waitForAll()
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let statistics = mutex.statistics
    try #require(statistics.inUse == 0 && statistics.waiting == 0)
    try #require(statistics.admitted == bodies.all.count)
  }

  @Test(.sharedThreads, .timeLimit(.minutes(10)))
  func `on real threads, cancelled and timed, the count is exact`() async throws {
    let mutex = AsyncMutex(0, clock: SystemClock())
    let bodies = await withTaskGroup { group in
      for name in 0..<8 {
        group.addTask {
          var bodies = 0
          for round in 0..<200 {
            let deadline = round % 7 == 0 ? SystemClock().now : nil
            let attempt = Task {
              try await mutex.withLock(until: deadline) { value in
                let read = value
                if round % 3 == 0 { await Task.yield() }
                value = read + 1
              }
            }
            if (round + name) % 5 == 0 { attempt.cancel() }
            if (try? await attempt.value) != nil { bodies += 1 }
          }
          return bodies
        }
      }
      return await group.reduce(0, +)
    }
    let value = try await mutex.withLock { $0 }
    #expect(value == bodies)
    #expect(mutex.statistics.admitted == bodies + 1)
    #expect(mutex.statistics.inUse == 0)
  }
}
