import BenchHarness
import Interlock
import InterlockLocks

let lockUncontended = Benchmark(
  name: "lock-uncontended",
  workload: "one task takes a lock by its name and gives it back; per pair",
  operations: 300_000,
  cases: [
    .init(name: "LockClient", mostAllocations: 3.1) { count in
      let client = LockClient(InProcessBackend())
      var value = 0
      for _ in 0..<count {
        value += try await client.withLock("inverter_read") { _ in 1 }
      }
      blackHole(value)
    },
    .init(name: "LockClient, nested") { count in
      let client = LockClient(InProcessBackend())
      try await client.withLock("inverter_read") { _ in
        var value = 0
        for _ in 0..<count {
          value += try await client.withLock("inverter_read") { _ in 1 }
        }
        blackHole(value)
      }
    },
    .init(name: "AsyncMutex, no name") { count in
      let mutex = AsyncMutex(0)
      for _ in 0..<count { try await mutex.withLock { $0 += 1 } }
    },
  ])

let lockContended = Benchmark(
  name: "lock-contended-64",
  workload: "64 tasks take turns at one lock, each holds it over a yield; per turn",
  operations: 64_000,
  cases: [
    .init(name: "LockClient") { count in
      let client = LockClient(InProcessBackend())
      try await together(64) {
        for _ in 0..<count / 64 {
          try await client.withLock("inverter_read") { _ in await Task.yield() }
        }
      }
    },
    .init(name: "AsyncMutex, no name") { count in
      let mutex = AsyncMutex(0)
      try await together(64) {
        for _ in 0..<count / 64 { try await mutex.withLock { _ in await Task.yield() } }
      }
    },
  ])
