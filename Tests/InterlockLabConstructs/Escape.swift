import Dispatch
import Foundation
package import InterlockLab
import Synchronization

/// A way out of the lab, which must be noticed whenever it is taken.
package struct Escape: Sendable {
  package let name: String
  /// What is called that leads out; "another thread" when only the way back shows it.
  package let functions: Set<String>
  private let leave: @Sendable () async throws -> Void

  init(
    _ name: String, _ functions: Set<String>, _ leave: @escaping @Sendable () async throws -> Void
  ) {
    self.name = name
    self.functions = functions
    self.leave = leave
  }

  /// Whether an outcome tells of this escape.
  package func isTold(by outcome: Outcome) -> Bool {
    guard case .escaped(let function, let task) = outcome else { return false }
    // Of several that come back from outside any may be the first.
    return functions.contains(function) && (task == "leaver" || function == "another thread")
  }

  /// How a run ends in which a task leaves this way, while others go on.
  package func outcome(seed: UInt64) async -> Outcome {
    // Before the run: to start a thread in it would be an escape of its own.
    _ = Bystander.shared
    do {
      var plan = Plan.random(schedules: 1, seed: seed)
      // A busy machine may take long to wake a task from outside.
      plan.wakeUpPatience = .seconds(60)
      try await Lab.explore(plan) { [leave] lab in
        let box = Box()
        async let other: Void = box.addTwice()
        try await Task(name: "leaver") {
          try await leave()
          // Late, and elsewhere: nothing of this may reach a run that comes after.
          lab.check(false, "went on after it left")
        }.value
        await other
      }
      return .passed
    } catch { return error.report.outcome }
  }

  package static let all = ofDispatch.flatMap(wakingEarlyAndLate) + ofThreads + ofExecutors

  private typealias Start = @Sendable (_ wake: @escaping @Sendable () -> Void) -> Void

  /// Once the task waits as it would; and once the wake-up is there before it has begun to wait, so that
  /// nothing comes back to the lab.
  private static func wakingEarlyAndLate(
    _ name: String, _ function: String, _ start: @escaping Start
  ) -> [Escape] {
    [
      Escape(name, [function]) {
        await withCheckedContinuation { continuation in start { continuation.resume() } }
      },
      Escape("\(name), waking early", [function]) {
        await withCheckedContinuation { continuation in
          let isAwake = DispatchSemaphore(value: 0)
          start {
            continuation.resume()
            isAwake.signal()
          }
          isAwake.wait()
        }
      },
    ]
  }

  private static let ofDispatch: [(String, String, Start)] = [
    ("a dispatch queue", "dispatch_async", { wake in DispatchQueue.global().async { wake() } }),
    (
      "a barrier", "dispatch_barrier_async",
      { wake in DispatchQueue.global().async(flags: .barrier) { wake() } }
    ),
    (
      "a delayed block", "dispatch_after",
      { wake in DispatchQueue.global().asyncAfter(deadline: .now()) { wake() } }
    ),
    (
      "a dispatch group", "dispatch_group_async",
      { wake in DispatchQueue.global().async(group: DispatchGroup()) { wake() } }
    ),
    (
      "the end of a dispatch group", "dispatch_group_notify",
      { wake in DispatchGroup().notify(queue: .global()) { wake() } }
    ),
    (
      "a queue that is waited for", "dispatch_sync",
      { wake in DispatchQueue(label: "other").sync { wake() } }
    ),
    (
      "iterations side by side", "dispatch_apply",
      { wake in
        DispatchQueue.concurrentPerform(iterations: 2) { if $0 == 0 { wake() } }
      }
    ),
    (
      "a dispatch timer", "dispatch_activate",
      { wake in
        let timer = DispatchSource.makeTimerSource()
        timer.setEventHandler {
          timer.cancel()
          wake()
        }
        timer.schedule(deadline: .now())
        timer.activate()
      }
    ),
    (
      "a source that reads", "dispatch_resume",
      { wake in
        let pipe = Pipe()
        let source = DispatchSource.makeReadSource(
          fileDescriptor: pipe.fileHandleForReading.fileDescriptor)
        source.setEventHandler {
          source.cancel()
          wake()
        }
        source.setCancelHandler { try? pipe.fileHandleForReading.close() }
        source.resume()
        pipe.fileHandleForWriting.write(Data([0]))
      }
    ),
    (
      "a file read elsewhere", "dispatch_read",
      { wake in
        let file = open("/dev/zero", O_RDONLY)
        DispatchIO.read(fromFileDescriptor: file, maxLength: 1, runningHandlerOn: .global()) {
          _, _ in
          close(file)
          wake()
        }
      }
    ),
    ("an operation queue", "dispatch_async", { wake in OperationQueue().addOperation { wake() } }),
    ("a thread", "pthread_create", { wake in Thread.detachNewThread { wake() } }),
    (
      "a timer on a thread of its own", "pthread_create",
      { wake in
        Thread.detachNewThread {
          let timer = Timer(timeInterval: 0, repeats: false) { _ in wake() }
          RunLoop.current.add(timer, forMode: .default)
          RunLoop.current.run(until: Date(timeIntervalSinceNow: 10))
        }
      }
    ),
  ]

  /// A thread that was there before: its wake-up is noticed when it arrives.
  private static let ofThreads: [Escape] = [
    Escape("a pipe to a thread that was there", ["another thread"]) {
      await suspended { continuation, isAwake in
        Bystander.shared.ask {
          continuation.resume()
          isAwake.signal()
        }
      }
    },
    Escape("a stream from a thread that was there", ["another thread"]) {
      let (stream, producer) = AsyncStream.makeStream(of: Int.self)
      async let _: Void = suspended { continuation, isAwake in
        Bystander.shared.ask {
          producer.yield(1)
          continuation.resume()
          isAwake.signal()
        }
      }
      for await _ in stream { break }
    },
  ]

  /// Nobody waits for the wake-up: it may come when the run is over.
  package static let whenAllStandStill = Escape("a late wake-up", ["another thread"]) {
    await suspended { continuation, isAwake in
      isAwake.signal()
      Bystander.shared.ask { continuation.resume() }
    }
  }

  /// Waits for a continuation, which another task of the lab hands to `wake` once this one waits.
  private static func suspended(
    _ wake: @escaping @Sendable (CheckedContinuation<Void, Never>, DispatchSemaphore) -> Void
  ) async {
    let held = Mutex<CheckedContinuation<Void, Never>?>(nil)
    let place = Place(held)
    // Owner: the run.
    Task(name: "waker") {
      while true {
        if let continuation = place.take() {
          let isAwake = DispatchSemaphore(value: 0)
          wake(continuation, isAwake)
          return Self.wait(for: isAwake)
        }
        await Task.yield()
      }
    }
    await withCheckedContinuation { place.put($0) }
  }

  /// Until the other thread has done it: then nothing is left to luck.
  private static func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }

  private static let ofExecutors: [Escape] = [
    // It may be back before its step is looked at, and then is noticed when it arrives.
    Escape("another executor, for a part", ["another thread"]) {
      await withTaskExecutorPreference(ElsewhereExecutor()) { Flag().set() }
    },
    Escape("another executor, for a yield", ["another thread"]) {
      await withTaskExecutorPreference(ElsewhereExecutor()) { await Task.yield() }
    },
    Escape("another executor, for a sleep", ["another thread"]) {
      try await withTaskExecutorPreference(ElsewhereExecutor()) {
        try await Task.sleep(nanoseconds: 1)
      }
    },
    Escape("the shared pool, for a part", ["dispatch_async_f", "another thread"]) {
      await withTaskExecutorPreference(globalConcurrentExecutor) { await Task.yield() }
    },
    Escape("another executor, for a task", ["Task(executorPreference:)"]) {
      await Task(executorPreference: ElsewhereExecutor()) { await Task.yield() }.value
    },
    Escape("another executor, for a detached task", ["Task(executorPreference:)"]) {
      await Task.detached(executorPreference: ElsewhereExecutor()) { await Task.yield() }.value
    },
    Escape("another executor, for a child", ["Task(executorPreference:)"]) {
      await withDiscardingTaskGroup { group in
        group.addTask(executorPreference: ElsewhereExecutor()) { await Task.yield() }
      }
    },
  ]
}

private final class Place: Sendable {
  private let held: Mutex<CheckedContinuation<Void, Never>?>
  init(_ held: consuming Mutex<CheckedContinuation<Void, Never>?>) { self.held = held }
  func put(_ continuation: CheckedContinuation<Void, Never>) { held.withLock { $0 = continuation } }
  func take() -> CheckedContinuation<Void, Never>? {
    held.withLock { held in
      defer { held = nil }
      return held
    }
  }
}
