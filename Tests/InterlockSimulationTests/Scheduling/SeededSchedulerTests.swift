import Interlock
import InterlockSimulation
import TestSupport
import Testing

/// Where tasks write down what they did.
private final class Journal: Sendable {
  private let lines = Guarded<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func write(_ line: String) { lines.withLock { $0.append(line) } }
}

private actor Counter {
  var value = 0
  func increment() { value += 1 }
}

@Suite(.tags(.race), .ownThread) struct SeededSchedulerTests {
  /// Three children that each take three steps, one of them a sleep and one an actor call.
  private static func story(_ scheduler: SeededScheduler) async throws -> [String] {
    let journal = Journal()
    let counter = Counter()
    try await withThrowingTaskGroup { group in
      for name in ["a", "b", "c"] {
        group.addTask {
          journal.write("\(name)1")
          await Task.yield()
          journal.write("\(name)2")
          try await scheduler.clock.sleep(for: .seconds(1))
          journal.write("\(name)3")
          await counter.increment()
          journal.write("\(name)4")
        }
      }
      try await group.waitForAll()
    }
    journal.write("counted \(await counter.value) at \(scheduler.clock.now.nanoseconds)")
    return journal.all
  }

  @Test func `the same seed gives the same trace`() throws {
    for seed in 0..<20 as Range<UInt64> {
      let first = try SeededScheduler.run(seed: seed) {
        (try await Self.story($0), $0.fingerprint, $0.steps)
      }
      let second = try SeededScheduler.run(seed: seed) {
        (try await Self.story($0), $0.fingerprint, $0.steps)
      }
      #expect(first == second, "seed \(seed)")
    }
  }

  @Test func `different seeds give different traces`() throws {
    var traces: Set<[String]> = []
    for seed in 0..<200 as Range<UInt64> {
      traces.insert(try SeededScheduler.run(seed: seed, Self.story))
    }
    #expect(traces.count > 100)
  }

  @Test func `first in first out order takes tasks in the order in which they became ready`() throws
  {
    let trace = try SeededScheduler.run(seed: 9, order: .firstInFirstOut, Self.story)
    #expect(
      trace == [
        "a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3", "a4", "b4", "c4",
        "counted 3 at 1000000000",
      ])
  }

  @Test func `an unguarded check before a use is found, and its seed repeats it`() throws {
    struct LostUpdate: Error, Equatable { var value: Int }
    let body: @Sendable (SeededScheduler) async throws -> Void = { _ in
      let counter = Guarded(0)
      let box = Box(counter)
      await withTaskGroup { group in
        for _ in 0..<2 {
          group.addTask {
            let read = box.guarded.withLock { $0 }
            await Task.yield()
            box.guarded.withLock { $0 = read + 1 }
          }
        }
      }
      let value = box.guarded.withLock { $0 }
      if value != 2 { throw LostUpdate(value: value) }
    }
    let failing = try #require(
      (0..<100 as Range<UInt64>).first { (try? SeededScheduler.run(seed: $0, body)) == nil })
    for _ in 0..<5 {
      #expect(throws: LostUpdate(value: 1)) { try SeededScheduler.run(seed: failing, body) }
    }
  }

  @Test func `actors and async lets stay on the scheduler's thread`() throws {
    for seed in 0..<200 as Range<UInt64> {
      try SeededScheduler.run(seed: seed) { _ in
        let counter = Counter()
        // A counter without any guard: it is right only if one step runs at a time.
        let plain = Unguarded()
        async let first: Void = Self.count(counter, plain)
        async let second: Void = Self.count(counter, plain)
        _ = await (first, second)
        let value = await counter.value
        try #require(value == 20 && plain.value == 20, "seed \(seed)")
      }
    }
  }

  private static func count(_ counter: Counter, _ plain: Unguarded) async {
    for _ in 0..<10 {
      await counter.increment()
      plain.value += 1
      await Task.yield()
    }
  }

  @Test func `a wait that nobody ends is reported as a deadlock with its seed`() throws {
    let error = try #require(throws: SchedulingError.self) {
      try SeededScheduler.run(seed: 77) { scheduler in
        try await scheduler.clock.sleep(for: .milliseconds(5))
        await withTaskGroup { group in
          for _ in 0..<3 { group.addTask { await Self.waitForCancellation() } }
        }
      }
    }
    #expect(error.seed == 77)
    #expect(error.reason == .deadlock(waiting: 3))
    #expect(error.at == Instant(nanoseconds: 5_000_000))
    #expect(error.description.contains("seed 77"))
    #expect(error.description.contains("3 waiting tasks"))
  }

  /// Waits until the task is cancelled, and for nothing else.
  private static func waitForCancellation() async {
    let stream = AsyncStream<Never> { _ in }
    for await _ in stream {}
  }

  @Test func `a run that never ends is given up at its limit of steps`() throws {
    let error = try #require(throws: SchedulingError.self) {
      try SeededScheduler.run(seed: 5, stepLimit: 100) { _ in
        while !Task.isCancelled { await Task.yield() }
      }
    }
    #expect(error.reason == .stepLimitReached(limit: 100))
    #expect(error.steps == 100)
    #expect(error.description.contains("100 steps"))
  }

  @Test func `what the body leaves asleep is cancelled when it returns`() throws {
    let journal = Journal()
    let end = try SeededScheduler.run(seed: 1) { scheduler in
      _ = Task(executorPreference: scheduler) {
        do {
          try await scheduler.clock.sleep(for: .seconds(60))
        } catch {
          journal.write("cancelled at \(scheduler.clock.now.nanoseconds)")
        }
      }
      try await scheduler.clock.sleep(for: .seconds(1))
      return scheduler.clock.now
    }
    #expect(end == Instant(nanoseconds: 1_000_000_000))
    #expect(journal.all == ["cancelled at 1000000000"])
  }

  @Test func `what the body throws is thrown`() {
    struct Broken: Error {}
    #expect(throws: Broken.self) { try SeededScheduler.run(seed: 0) { _ in throw Broken() } }
  }
}

private final class Box: Sendable {
  let guarded: Guarded<Int>
  init(_ guarded: consuming sending Guarded<Int>) { self.guarded = guarded }
}

/// Deliberately without a guard: only a scheduler that runs one step at a time makes it right.
private final class Unguarded: @unchecked Sendable {
  var value = 0
}
