internal import Interlock

/// A few threads for calls that block: flushing to disk, looking up names, writing logs.
///
/// The cooperative pool is as wide as the cores; a call that blocks there stops everybody. Here it
/// stops one thread of at most `width`, and at most `capacity` further calls wait their turn.
///
/// *Fairness:* jobs start in the order they were submitted.
package final class BlockingPool: Sendable {
  /// The pool for this process's rare blocking calls.
  package static let shared = BlockingPool(width: 2, capacity: 256)
  /// The pool for looking up names, which may take minutes and must hold up no disk.
  package static let resolver = BlockingPool(width: 2, capacity: 16)

  /// What becomes of a call whose caller is cancelled.
  ///
  /// A call that has begun cannot be interrupted.
  package enum Cancellation: Sendable {
    /// The caller waits for it all the same: it leaves something behind, such as a file.
    case waits
    /// The caller goes at once; the call ends alone and nobody looks at its result.
    case abandons
  }

  typealias StartThread =
    @Sendable (@escaping @Sendable () -> Void) throws(SystemError) -> Void

  private let queue: Monitor<Queue>
  private let width: Int
  private let capacity: Int
  private let startThread: StartThread

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
  package convenience init(width: Int, capacity: Int) {
    self.init(width: width, capacity: capacity) { (body) throws(SystemError) in
      try SystemThread.start("interlock-blocking", body)
    }
  }

  /// Makes a pool that gets its threads from `startThread`.
  init(width: Int, capacity: Int, startThread: @escaping StartThread) {
    precondition(width > 0 && capacity >= 0, "a pool has at least one thread")
    self.startThread = startThread
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
  /// *Cancellation:* as `cancellation` says.
  ///
  /// - Parameters:
  ///   - cancellation: What happens to the call when its caller is cancelled.
  ///   - call: What may block.
  /// - Throws: what `call` throws, `SystemError` when too many calls already wait, or
  ///   `CancellationError` when the caller was cancelled and the call is abandoned.
  /// - Returns: what `call` returns.
  package func run<Value: Sendable>(
    whenCancelled cancellation: Cancellation = .waits,
    _ call: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    let answer = FirstAnswer<Result<Value, any Error>>()
    try submit { answer.give(Result { try call() }) }
    let result = await withTaskCancellationHandler {
      await answer.value
    } onCancel: {
      if cancellation == .abandons { answer.give(.failure(CancellationError())) }
    }
    return try result.get()
  }

  /// Queues `job`, or refuses it; never waits.
  ///
  /// - Throws: `SystemError` when too many jobs already wait or no thread can be started.
  package func submit(_ job: @escaping @Sendable () -> Void) throws(SystemError) {
    let refusal: SystemError? = queue.withLock { queue in
      guard queue.jobs.count + queue.busy < capacity + width else {
        return SystemError(
          "queue a blocking call", "(\(capacity) already wait)", number: 11,
          remedy: "the disk or name server does not keep up")
      }
      queue.jobs.append(job)
      guard queue.jobs.count > queue.threads - queue.busy, queue.threads < width else {
        return nil
      }
      // Started inside the guard: `threads` counts only threads that exist, so a job is never left
      // to one that another caller then fails to start.
      do throws(SystemError) {
        try startThread { [queue = self.queue] in Self.work(queue) }
        queue.threads += 1
        return nil
      } catch {
        guard queue.threads == 0 else { return nil }
        queue.jobs.removeLast()
        return error
      }
    }
    if let refusal { throw refusal }
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
