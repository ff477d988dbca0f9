import BenchHarness
import Interlock

/// A guarded box in a class, so that tasks can share it.
private final class GuardedCounter: Sendable {
  let guarded = Guarded(0)
}

let mutexUncontended = Benchmark(
  name: "mutex-uncontended",
  workload: "one task adds 1 to a counter; an operation is one addition",
  operations: 1_000_000,
  cases: [
    .init(name: "AsyncMutex", mostAllocations: 0.01) { count in
      let mutex = AsyncMutex(0)
      for _ in 0..<count { try await mutex.withLock { $0 += 1 } }
    },
    .init(name: "actor") { count in
      let counter = CounterActor()
      for _ in 0..<count { await counter.increment() }
    },
    .init(name: "pthread mutex") { count in
      let counter = ThreadLockedCounter()
      for _ in 0..<count { counter.increment() }
    },
    .init(name: "Guarded", mostAllocations: 0.01) { count in
      let counter = GuardedCounter()
      for _ in 0..<count { counter.guarded.withLock { $0 += 1 } }
    },
  ])

let mutexContendedByTwo = contended(by: 2)
let mutexContendedByEight = contended(by: 8)

private func contended(by tasks: Int) -> Benchmark {
  Benchmark(
    name: "mutex-contended-\(tasks)",
    workload: "\(tasks) tasks add 1 to one counter as fast as they can; per addition",
    operations: 400_000,
    cases: [
      .init(name: "AsyncMutex") { count in
        let mutex = AsyncMutex(0)
        try await together(tasks) {
          for _ in 0..<count / tasks { try await mutex.withLock { $0 += 1 } }
        }
      },
      .init(name: "actor") { count in
        let counter = CounterActor()
        try await together(tasks) {
          for _ in 0..<count / tasks { await counter.increment() }
        }
      },
      .init(name: "pthread mutex") { count in
        let counter = ThreadLockedCounter()
        try await together(tasks) {
          for _ in 0..<count / tasks { counter.increment() }
        }
      },
    ])
}

let mutexHandedOver = Benchmark(
  name: "mutex-handed-over",
  workload: """
    2 tasks take turns: each holds the counter over a yield, so the other always waits; \
    per addition (the actor does not hold: it lets the other in and loses additions)
    """,
  operations: 200_000,
  cases: [
    .init(name: "AsyncMutex") { count in
      let mutex = AsyncMutex(0)
      try await together(2) {
        for _ in 0..<count / 2 {
          try await mutex.withLock { value in
            let read = value
            await Task.yield()
            value = read + 1
          }
        }
      }
    },
    .init(name: "actor") { count in
      let counter = CounterActor()
      try await together(2) {
        for _ in 0..<count / 2 { await counter.incrementAroundYield() }
      }
    },
  ])

let semaphoreUncontended = Benchmark(
  name: "semaphore-uncontended",
  workload: "one task holds one of 4 permits for an addition; per addition",
  operations: 1_000_000,
  cases: [
    .init(name: "AsyncSemaphore", mostAllocations: 0.01) { count in
      let semaphore = AsyncSemaphore(permits: 4)
      var value = 0
      for _ in 0..<count { try await semaphore.withPermits { value += 1 } }
      blackHole(value)
    }
  ])

/// Runs the same body in several child tasks.
func together(_ tasks: Int, _ body: @escaping @Sendable () async throws -> Void) async throws {
  try await withThrowingTaskGroup { group in
    for _ in 0..<tasks { group.addTask { try await body() } }
    try await group.waitForAll()
  }
}
