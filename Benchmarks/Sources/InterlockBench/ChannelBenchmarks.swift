import BenchHarness
import Interlock

let channelSameTask = Benchmark(
  name: "channel-same-task",
  workload: "one task sends an integer and receives it again; per element",
  operations: 500_000,
  cases: [
    .init(name: "BoundedChannel", mostAllocations: 0.01) { count in
      let channel = BoundedChannel<Int>(capacity: 64)
      for element in 0..<count {
        try await channel.send(element)
        blackHole(try await channel.receive())
      }
    },
    .init(name: "AsyncStream (no back-pressure)") { count in
      let (stream, continuation) = AsyncStream<Int>.makeStream()
      var iterator = stream.makeAsyncIterator()
      for element in 0..<count {
        continuation.yield(element)
        blackHole(await iterator.next())
      }
    },
  ])

let channelBetweenTasks = Benchmark(
  name: "channel-between-tasks",
  workload: "one task sends integers to another over 64 places; per element",
  operations: 500_000,
  cases: [
    .init(name: "BoundedChannel") { count in
      let channel = BoundedChannel<Int>(capacity: 64)
      async let sum = {
        var sum = 0
        for await element in channel { sum += element }
        return sum
      }()
      for element in 0..<count { try await channel.send(element) }
      channel.finish()
      blackHole(await sum)
    },
    .init(name: "AsyncStream (no back-pressure)") { count in
      let (stream, continuation) = AsyncStream<Int>.makeStream()
      async let sum = {
        var sum = 0
        for await element in stream { sum += element }
        return sum
      }()
      for element in 0..<count { continuation.yield(element) }
      continuation.finish()
      blackHole(await sum)
    },
  ])
