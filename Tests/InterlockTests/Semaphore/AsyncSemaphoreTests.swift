import Interlock
import InterlockLabTesting
import TestSupport
import Testing

@Suite(.tags(.race), .ownThread) struct AsyncSemaphoreTests {
  @Test(.explored(.many())) func `never more permits are held than there are, and all come back`()
    async throws
  {
    let clock = Stopwatch()
    let semaphore = AsyncSemaphore(permits: 3, clock: clock)
    let held = Held()
    try await withThrowingTaskGroup { group in
      for count in [1, 2, 3, 1, 2, 1] {
        group.addTask {
          try await semaphore.withPermits(count) {
            try #require(held.add(count) <= 3)
            await Task.yield()
            _ = held.add(-count)
          }
        }
      }
      try await group.waitForAll()
    }
    try #require(semaphore.statistics.inUse == 0 && semaphore.statistics.admitted == 6)
  }

  @Test(.explored(.many())) func `a request for all is not starved by a stream of small ones`()
    async throws
  {
    let clock = Stopwatch()
    let semaphore = AsyncSemaphore(permits: 2, clock: clock)
    let order = Journal<String>()
    try await withThrowingTaskGroup { group in
      for number in 0..<6 {
        group.addTask {
          try await clock.sleep(for: .seconds(number))
          try await semaphore.withPermits { try await clock.sleep(for: .milliseconds(1500)) }
          order.write("small \(number)")
        }
      }
      group.addTask {
        try await clock.sleep(for: .milliseconds(1200))
        try await semaphore.withPermits(2) { order.write("all") }
      }
      try await group.waitForAll()
    }
    try #require(order.all.firstIndex(of: "all") == 2, "\(order.all)")
  }

  @Test(.explored(.many(500)), arguments: [false, true])
  func `when a big waiter is cancelled or expires, the small ones behind it go on`(
    expires: Bool
  ) async throws {
    let clock = Stopwatch()
    let semaphore = AsyncSemaphore(permits: 2, clock: clock)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await semaphore.withPermits { try await clock.sleep(for: .seconds(10)) }
      }
      group.addTask {
        try await clock.sleep(for: .seconds(1))
        let deadline = expires ? Instant(nanoseconds: 3_000_000_000) : nil
        await withTaskGroup(of: Void.self) { inner in
          inner.addTask {
            try? await semaphore.withPermits(2, until: deadline) { () -> Void in
              Issue.record("it held permits that others had")
            }
          }
          if !expires {
            try? await clock.sleep(until: Instant(nanoseconds: 3_000_000_000))
            inner.cancelAll()
          }
        }
      }
      group.addTask {
        try await clock.sleep(for: .seconds(2))
        try await semaphore.withPermits {}
        try #require(clock.now.nanoseconds == 3_000_000_000)
      }
      try await group.waitForAll()
    }
    let statistics = semaphore.statistics
    try #require(statistics.expired == (expires ? 1 : 0))
    try #require(statistics.cancelled == (expires ? 0 : 1))
  }

  @Test func `more permits than there are is an error that says so, at once`() async {
    let semaphore = AsyncSemaphore(permits: 2, name: "ports")
    let error = await #expect(throws: AdmissionError.self) { try await semaphore.withPermits(3) {} }
    #expect(
      error?.description == "ports: 3 permits were asked for and there are 2; ask for less")
  }
}

private final class Held: Sendable {
  private let count = Guarded(0)

  func add(_ number: Int) -> Int {
    count.withLock {
      $0 += number
      return $0
    }
  }
}
