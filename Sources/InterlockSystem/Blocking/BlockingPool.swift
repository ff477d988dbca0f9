/// A few threads for calls that block: flushing to disk, looking up names, writing logs.
///
/// The cooperative pool is as wide as the cores; a call that blocks there stops everybody. Here it
/// stops one thread of at most `width`, and at most `capacity` further calls wait their turn.
///
/// *Fairness:* jobs start in the order they were submitted.
package final class BlockingPool: Sendable {
  /// The pool for this process's rare blocking calls.
  package static let shared = BlockingPool(width: 2, capacity: 256)

  private let queue: Monitor<Queue>
  private let width: Int
  private let capacity: Int

  private struct Queue {
    var jobs: [@Sendable () -> Void] = []
    var threads = 0
    /// Threads that are inside a job.
    var busy = 0
    var isClosed = false
  }

  /// Makes a pool; its threads start when first needed and end with the pool.
  ///
  /// - Parameters:
  ///   - width: How many calls may block at once.
  ///   - capacity: How many more may wait.
  package init(width: Int, capacity: Int) {
    precondition(width > 0 && capacity >= 0, "a pool has at least one thread")
    self.width = width
    self.capacity = capacity
    queue = Monitor(Queue())
  }

  deinit {
    queue.withLock { $0.isClosed = true }
    // One signal wakes one thread; the others are woken by the one before them.
  }

  /// Runs `call` on one of the threads.
  ///
  /// *Cancellation:* a call once submitted runs to its end; a disk cannot be interrupted.
  ///
  /// - Throws: what `call` throws, or `SystemError` when too many calls already wait.
  /// - Returns: what `call` returns.
  package func run<Value: Sendable>(
    _ call: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Value, any Error>) in
      do {
        try submit { continuation.resume(with: Result { try call() }) }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// Queues `job`, or refuses it; never waits.
  ///
  /// - Throws: `SystemError` when too many jobs already wait or no thread can be started.
  package func submit(_ job: @escaping @Sendable () -> Void) throws(SystemError) {
    enum Verdict { case queued, queuedNeedingThread, full }
    let (width, capacity) = (width, capacity)
    let verdict: Verdict = queue.withLock { queue in
      guard queue.jobs.count + queue.busy < capacity + width else { return .full }
      queue.jobs.append(job)
      let free = queue.threads - queue.busy
      guard queue.jobs.count > free, queue.threads < width else { return .queued }
      queue.threads += 1
      return .queuedNeedingThread
    }
    switch verdict {
    case .queued: return
    case .full:
      throw SystemError(
        "queue a blocking call", "(\(capacity) already wait)", number: 11,
        remedy: "the disk or name server does not keep up")
    case .queuedNeedingThread:
      do {
        try SystemThread.start("interlock-blocking") { [queue] in Self.work(queue) }
      } catch {
        // Take the job back only when no other thread is there to run it.
        let isStranded = queue.withLock { queue in
          queue.threads -= 1
          guard queue.threads == 0 else { return false }
          queue.jobs.removeLast()
          return true
        }
        if isStranded { throw error }
      }
    }
  }

  private static func work(_ queue: Monitor<Queue>) {
    enum Next { case job(@Sendable () -> Void), end }
    while true {
      let next: Next = queue.wait { queue in
        if !queue.jobs.isEmpty {
          queue.busy += 1
          return .job(queue.jobs.removeFirst())
        }
        return queue.isClosed ? .end : nil
      }
      switch next {
      case .job(let job):
        job()
        queue.withLock { $0.busy -= 1 }
      case .end:
        queue.withLock { _ in }  // passes the wake-up on to the next thread
        return
      }
    }
  }
}
