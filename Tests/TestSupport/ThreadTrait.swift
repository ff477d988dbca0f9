internal import Dispatch
package import Testing

/// Decides on which threads a test runs.
///
/// The shared threads are as many as there are cores, and a test that computes would hold one of
/// them for seconds. Whoever talks to a real process, device or socket on the shared threads then
/// answers only in between, later than the other side waits. So tests that compute and tests that
/// live in real time have a thread each: their share of a core does not depend on which tests run
/// beside them.
package struct ThreadTrait: SuiteTrait, TestTrait, TestScoping {
  fileprivate enum Choice { case own, shared }
  fileprivate let choice: Choice

  package var isRecursive: Bool { true }

  package func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @Sendable @concurrent () async throws -> Void
  ) async throws {
    let executor: any TaskExecutor =
      switch choice {
      case .own: ThreadExecutor(label: test.name)
      case .shared: globalConcurrentExecutor
      }
    try await withTaskExecutorPreference(executor) { try await function() }
  }
}

extension Trait where Self == ThreadTrait {
  /// Each test on a thread of its own, with all tasks it starts as children.
  package static var ownThread: Self { ThreadTrait(choice: .own) }

  /// On the threads that all tasks share, for a race between real threads; undoes `ownThread`.
  package static var sharedThreads: Self { ThreadTrait(choice: .shared) }
}

/// Runs the jobs of a task and its children one after another, away from the shared threads.
private final class ThreadExecutor: TaskExecutor {
  private let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
