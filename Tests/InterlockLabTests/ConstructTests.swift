import Foundation
import InterlockLab
import Synchronization
import Testing

/// Every construct of Swift concurrency runs in the lab as it is, and never leaves it (lab.L-1).
@Suite struct ConstructTests {
  @Test(arguments: Construct.all)
  func `lab.L-1 every construct stays in the lab, whatever the schedule`(_ construct: Construct)
    async throws
  {
    let report = try await Lab.explore(.random(schedules: 50, seed: 1)) { lab in
      try await construct.body(lab)
    }
    #expect(report.schedules == 50)
    #expect(report.steps >= 50)
  }
}

private actor Box {
  private(set) var value = 0
  func add(_ amount: Int) { value += amount }
  func addTwice() async {
    value += 1
    await Task.yield()
    value += 1
  }
  func forward(to other: Box) async -> Int {
    await other.add(1)
    return await other.value
  }
  func spawn() async -> Int {
    await Task { self.add(1) }.value
    return value
  }
  func consume(_ stream: AsyncStream<Int>) async -> Int {
    for await element in stream { value += element }
    return value
  }
}

/// An actor that brings its own executor.
private actor OwnExecutorBox {
  private final class Executor: SerialExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
      UnownedJob(job).runSynchronously(on: asUnownedSerialExecutor())
    }
  }
  private let executor = Executor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  var value = 0
  func add(_ amount: Int) {
    assertIsolated()
    value += amount
  }
}

@globalActor private actor Hall {
  static let shared = Hall()
}

@Hall private func inHall(_ number: Int) -> Int {
  Hall.assertIsolated()
  return number + 1
}

@MainActor private func onMain(_ number: Int) -> Int {
  MainActor.assertIsolated()
  return number + 1
}

private final class Leaver: Sendable {
  let left: Mutex<Bool>.Holder
  init(_ left: Mutex<Bool>.Holder) { self.left = left }
  @MainActor deinit {
    MainActor.assertIsolated()
    left.value.withLock { $0 = true }
  }
}

private final class HallLeaver: Sendable {
  let left: Mutex<Bool>.Holder
  init(_ left: Mutex<Bool>.Holder) { self.left = left }
  @Hall deinit {
    Hall.assertIsolated()
    left.value.withLock { $0 = true }
  }
}

extension Mutex where Value == Bool {
  fileprivate final class Holder: Sendable {
    let value = Mutex(false)
  }
}

private enum Local {
  @TaskLocal static var tag = "none"
}

private struct Refused: Error {}

struct Construct: Sendable, CustomTestStringConvertible {
  let name: String
  let body: @Sendable (Lab) async throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (Lab) async throws -> Void) {
    self.name = name
    self.body = body
  }

  var testDescription: String { name }

  static let all: [Construct] = [
    Construct("an actor from a task") { lab in
      let box = Box()
      await box.add(1)
      lab.check(await box.value == 1, "value")
    },
    Construct("actor to actor") { lab in
      let value = await Box().forward(to: Box())
      lab.check(value == 1, "value")
    },
    Construct("a reentrant actor") { lab in
      let box = Box()
      async let first: Void = box.addTwice()
      async let second: Void = box.addTwice()
      _ = await (first, second)
      lab.check(await box.value == 4, "value")
    },
    Construct("an actor with its own executor") { lab in
      let box = OwnExecutorBox()
      async let first: Void = box.add(1)
      async let second: Void = box.add(2)
      _ = await (first, second)
      lab.check(await box.value == 3, "value")
    },
    Construct("a global actor") { lab in lab.check(await inHall(1) == 2, "value") },
    Construct("the main actor, by a function") { lab in lab.check(await onMain(1) == 2, "value") },
    Construct("MainActor.run") { lab in
      let value = await MainActor.run { () -> Int in
        MainActor.assertIsolated()
        return onMain(2)
      }
      lab.check(value == 3, "value")
    },
    Construct("a task on the main actor") { lab in
      let value = await Task { @MainActor in onMain(3) }.value
      lab.check(value == 4, "value")
    },
    Construct("assumeIsolated on the main actor") { lab in
      let value = await MainActor.run { MainActor.assumeIsolated { onMain(4) } }
      lab.check(value == 5, "value")
    },
    Construct("async let") { lab in
      async let first = inHall(1)
      async let second = onMain(2)
      lab.check(await first + second == 5, "sum")
    },
    Construct("a task group") { lab in
      let sum = await withTaskGroup(of: Int.self) { group in
        for number in 0..<3 { group.addTask { await inHall(number) } }
        return await group.reduce(0, +)
      }
      lab.check(sum == 6, "sum")
    },
    Construct("a throwing group") { lab in
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { throw Refused() }
          group.addTask { try await Task.sleep(for: .seconds(3600)) }
          try await group.waitForAll()
        }
        lab.check(false, "nothing thrown")
      } catch is Refused {}
    },
    Construct("a discarding group") { lab in
      let box = Box()
      await withDiscardingTaskGroup { group in
        for _ in 0..<3 { group.addTask { await box.add(1) } }
      }
      lab.check(await box.value == 3, "value")
    },
    Construct("cancelAll") { lab in
      let cancelled = await withTaskGroup(of: Bool.self) { group in
        group.addTask { (try? await Task.sleep(for: .seconds(10))) == nil }
        group.cancelAll()
        return await group.next() ?? false
      }
      lab.check(cancelled, "not cancelled")
    },
    Construct("Task {}") { lab in lab.check(await Task { await inHall(1) }.value == 2, "value") },
    Construct("Task {} inside an actor") { lab in
      lab.check(await Box().spawn() == 1, "value")
    },
    Construct("Task in Task") { lab in
      let value = await Task { await Task { await Task { 7 }.value }.value }.value
      lab.check(value == 7, "value")
    },
    Construct("Task.detached") { lab in
      lab.check(await Task.detached { await inHall(1) }.value == 2, "value")
    },
    Construct("Task(name:)") { lab in
      let name = await Task(name: "alice") { Task.name }.value
      lab.check(name == "alice", "name")
    },
    Construct("Task.immediate") { lab in
      let task = Task.immediate {
        await Task.yield()
        return await inHall(1)
      }
      lab.check(await task.value == 2, "value")
    },
    Construct("Task.immediate, everything in its first part") { lab in
      let box = Box()
      let task = Task.immediate {
        await box.add(1)
        try await Task.sleep(for: .seconds(5))
        async let other = inHall(1)
        return await other + onMain(1)
      }
      lab.check(try await task.value == 4, "value")
      lab.check(await box.value == 1, "box")
      lab.check(lab.elapsed == .seconds(5), "\(lab.elapsed)")
    },
    Construct("Task.immediate inside an actor") { lab in
      let value = await MainActor.run {
        Task.immediate { @MainActor in
          MainActor.assertIsolated()
          await Task.yield()
          return onMain(1)
        }
      }.value
      lab.check(value == 2, "value")
    },
    Construct("Task.immediateDetached") { lab in
      let task = Task.immediateDetached {
        await Task.yield()
        return await inHall(1)
      }
      lab.check(await task.value == 2, "value")
    },
    Construct("Task.yield") { lab in
      await Task.yield()
      await Task.yield()
    },
    Construct("Task.sleep(for:)") { lab in
      try await Task.sleep(for: .seconds(3600))
      lab.check(lab.elapsed == .seconds(3600), "\(lab.elapsed)")
    },
    Construct("Task.sleep(nanoseconds:)") { lab in
      try await Task.sleep(nanoseconds: 1_500_000_000)
      lab.check(lab.elapsed == .milliseconds(1500), "\(lab.elapsed)")
    },
    Construct("Task.sleep(until:) on the continuous clock") { lab in
      try await Task.sleep(until: .now + .seconds(5), clock: .continuous)
      lab.check(lab.elapsed == .seconds(5), "\(lab.elapsed)")
    },
    Construct("Task.sleep on the suspending clock") { lab in
      try await Task.sleep(for: .seconds(5), clock: .suspending)
      lab.check(lab.elapsed == .seconds(5), "\(lab.elapsed)")
    },
    Construct("ContinuousClock.now") { lab in
      let start = ContinuousClock.now
      try await Task.sleep(for: .seconds(60))
      lab.check(start.duration(to: .now) == .seconds(60), "elapsed")
    },
    Construct("SuspendingClock.now") { lab in
      let start = SuspendingClock.now
      try await Task.sleep(for: .seconds(60))
      lab.check(start.duration(to: .now) == .seconds(60), "elapsed")
    },
    Construct("Date()") { lab in
      let start = Date()
      try await Task.sleep(for: .seconds(60))
      lab.check(abs(Date().timeIntervalSince(start) - 60) < 1e-6, "elapsed")
    },
    Construct("DispatchTime.now()") { lab in
      let start = DispatchTime.now().uptimeNanoseconds
      try await Task.sleep(for: .seconds(60))
      lab.check(DispatchTime.now().uptimeNanoseconds - start == 60_000_000_000, "elapsed")
    },
    Construct("a sleep that is cancelled") { lab in
      let task = Task { try await Task.sleep(for: .seconds(3600)) }
      await Task.yield()
      task.cancel()
      let result = await task.result
      lab.check((try? result.get()) == nil, "slept")
      lab.check(lab.elapsed == .zero, "time passed")
    },
    Construct("a checked continuation") { lab in
      let value = await withCheckedContinuation { continuation in
        Task { continuation.resume(returning: 3) }
      }
      lab.check(value == 3, "value")
    },
    Construct("an unsafe throwing continuation") { lab in
      do {
        try await withUnsafeThrowingContinuation {
          (continuation: UnsafeContinuation<Void, any Error>) in
          Task { continuation.resume(throwing: Refused()) }
        }
        lab.check(false, "nothing thrown")
      } catch is Refused {}
    },
    Construct("AsyncStream") { lab in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      let reader = Task { await stream.reduce(0, +) }
      for number in 1...3 {
        continuation.yield(number)
        await Task.yield()
      }
      continuation.finish()
      lab.check(await reader.value == 6, "sum")
    },
    Construct("AsyncStream iterated in an actor") { lab in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      let box = Box()
      let reader = Task { await box.consume(stream) }
      for number in 1...3 { continuation.yield(number) }
      continuation.finish()
      lab.check(await reader.value == 6, "sum")
    },
    Construct("withTaskCancellationHandler") { lab in
      let task = Task {
        await withTaskCancellationHandler {
          while !Task.isCancelled { await Task.yield() }
          return true
        } onCancel: {
        }
      }
      await Task.yield()
      task.cancel()
      lab.check(await task.value, "value")
    },
    Construct("priorities") { lab in
      let task = Task(priority: .low) { Task.currentPriority }
      lab.check(await task.value >= .low, "priority")
      await Task(priority: .high) { await inHall(1) }.value.self == 2
        ? () : lab.check(false, "value")
    },
    Construct("task-local values") { lab in
      await Local.$tag.withValue("mine") {
        let tag = await Task { () -> String in
          await Task.yield()
          return Local.tag
        }.value
        lab.check(tag == "mine", "tag")
      }
    },
    Construct("an isolated deinit") { lab in
      let holder = Mutex<Bool>.Holder()
      do { _ = Leaver(holder) }
      for _ in 0..<4 { await Task.yield() }
      lab.check(holder.value.withLock { $0 }, "did not leave")
    },
    Construct("an isolated deinit on another actor") { lab in
      let holder = Mutex<Bool>.Holder()
      do { _ = HallLeaver(holder) }
      for _ in 0..<4 { await Task.yield() }
      lab.check(holder.value.withLock { $0 }, "did not leave")
    },
    Construct("a mutex and an atomic") { lab in
      let holder = Mutex<Bool>.Holder()
      async let first: Void = { holder.value.withLock { $0.toggle() } }()
      async let second: Void = { holder.value.withLock { $0.toggle() } }()
      _ = await (first, second)
      lab.check(!holder.value.withLock { $0 }, "value")
    },
    Construct("no executor preference") { lab in
      let value = await withTaskExecutorPreference(nil) {
        await Task.yield()
        return await inHall(1)
      }
      lab.check(value == 2, "value")
    },
    Construct("a clock of the caller's type") { lab in
      let clock: any Clock<Duration> = ContinuousClock()
      try await clock.sleep(for: .seconds(2))
      lab.check(lab.elapsed == .seconds(2), "\(lab.elapsed)")
    },
  ]
}
