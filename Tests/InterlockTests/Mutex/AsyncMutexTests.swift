import Interlock
import InterlockLabTesting
import TestSupport
import Testing

@Suite struct AsyncMutexTests {
  private struct Broken: Error {}

  @Test func `the value is the mutex's own, and what the body does to it stays`() async throws {
    let mutex = AsyncMutex([1])
    try await mutex.withLock { $0.append(2) }
    let value = try await mutex.withLock { $0 }
    #expect(value == [1, 2])
    #expect(mutex.statistics.admitted == 2)
    #expect(mutex.statistics.waited == 0)
    #expect(mutex.statistics.inUse == 0)
  }

  @Test func `a value that cannot be copied can be guarded, and one that cannot be sent`()
    async throws
  {
    struct Single: ~Copyable { var value = 1 }
    final class Unsendable { var value = 1 }
    let single = AsyncMutex(Single())
    let unsendable = AsyncMutex(Unsendable())
    try await single.withLock { $0.value += 1 }
    try await unsendable.withLock { $0.value += 1 }
    #expect(try await single.withLock { $0.value } == 2)
    #expect(try await unsendable.withLock { $0.value } == 2)
    let moved = try await single.withLock { Single(value: $0.value + 1) }
    #expect(moved.value == 3)
  }

  @Test func `the value is destroyed with the mutex`() async throws {
    final class Witness: Sendable {
      let journal: Journal<String>
      init(_ journal: Journal<String>) { self.journal = journal }
      deinit { journal.write("destroyed") }
    }
    let journal = Journal<String>()
    do {
      let mutex = AsyncMutex(Witness(journal))
      try await mutex.withLock { _ in journal.write("used") }
    }
    #expect(journal.all == ["used", "destroyed"])
  }

  @Test func `the body runs where the caller is`() async throws {
    actor Owner {
      let mutex = AsyncMutex(0)
      var seen = 0
      func work() async throws {
        try await mutex.withLock { value in
          self.assertIsolated()
          value += 1
          seen = value
          await Task.yield()
          self.assertIsolated()
        }
      }
    }
    let owner = Owner()
    try await owner.work()
    #expect(await owner.seen == 1)
  }

  @Test(.explored(.many(100))) func `a body that throws releases the mutex`() async throws {
    // In the lab a mutex that stays locked is a deadlock with a name, not a test that hangs.
    let mutex = AsyncMutex(0, clock: Stopwatch())
    await #expect(throws: Broken.self) {
      try await mutex.withLock { value in
        value = 7
        throw Broken()
      }
    }
    let value = try await mutex.withLock { $0 }
    #expect(value == 7)
  }

  @Test(.explored(.many(100)))
  func `a task that is cancelled already does not lock, even a free mutex`() async throws {
    let mutex = AsyncMutex(0, clock: Stopwatch())
    await withTaskGroup(of: Void.self) { group in
      group.cancelAll()
      group.addTask {
        await #expect(throws: CancellationError.self) { try await mutex.withLock { $0 = 1 } }
      }
    }
    let value = try await mutex.withLock { $0 }
    #expect(value == 0)
  }

  @Test(.explored(.many(100))) func `the timeout names how long it waited and how many are ahead`()
    async throws
  {
    let clock = Stopwatch()
    let mutex = AsyncMutex((), name: "modem", clock: clock)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          try? await mutex.withLock { _ in try await clock.sleep(for: .seconds(9)) }
        }
      }
      group.addTask {
        let error = await #expect(throws: AdmissionError.self) {
          try await clock.sleep(for: .milliseconds(500))
          try await mutex.withLock(until: Instant(nanoseconds: 3_000_000_000)) { _ in }
        }
        #expect(
          error?.reason
            == .timedOut(waited: .milliseconds(2500), ahead: 2, inUse: 1, capacity: 1))
        #expect(
          error?.description == """
            modem: the deadline passed after 2.5 seconds of waiting: it is held and 2 requests \
            are ahead; wait longer, or hold it for less
            """)
      }
    }
    #expect(mutex.statistics.expired == 1)
    #expect(mutex.statistics.longestQueue == 3)
    #expect(mutex.statistics.admitted == 3)
  }

  @Test(.explored(.many(100)))
  func `a deadline in the past takes a free mutex and does not wait for a held one`() async throws {
    let clock = Stopwatch()
    let mutex = AsyncMutex(0, clock: clock)
    try await mutex.withLock(until: .origin) { value in
      value += 1
      let error = await #expect(throws: AdmissionError.self) {
        try await mutex.withLock(until: .origin) { _ in Issue.record("locked twice") }
      }
      #expect(error?.reason == .timedOut(waited: .zero, ahead: 0, inUse: 1, capacity: 1))
    }
    #expect(clock.now == .origin)
  }

  @Test(.explored(.many(100))) func `no more tasks wait than may`() async throws {
    let clock = Stopwatch()
    let mutex = AsyncMutex(0, waitingLimit: 2, clock: clock)
    let refused = await withTaskGroup { group in
      for _ in 0..<5 {
        group.addTask {
          do {
            try await mutex.withLock { _ in try await clock.sleep(for: .seconds(1)) }
            return 0
          } catch {
            #expect((error as? AdmissionError)?.reason == .queueFull(waiting: 2))
            return 1
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(refused == 2)
    #expect(mutex.statistics.refused == 2)
  }
}
