internal import Synchronization

/// Jobs that other threads brought.
///
/// Whose they are is known only by the task, so every engine looks whether one is its own.
final class Outside: Sendable {
  static let arrivals = Outside()

  /// One is enough to tell that a run left the lab; those of runs that are long over go first.
  private static let capacity = 64

  private let count = Atomic<Int>(0)
  private let jobs = Shared<[UInt]>([])

  func insert(_ job: UInt) {
    jobs.withLock { jobs in
      if jobs.count == Self.capacity { jobs.removeFirst() }
      jobs.append(job)
    }
    count.add(1, ordering: .releasing)
  }

  /// How many ever came: no lock is taken while nothing comes.
  var total: Int { count.load(ordering: .acquiring) }

  /// The task of the first job that belongs to one of `tasks`.
  func taskOfFirst(in tasks: TaskTable) -> Int32? {
    jobs.withLock { jobs in
      for (index, job) in jobs.enumerated() {
        guard let task = tasks.number(of: job) else { continue }
        jobs.remove(at: index)
        return task
      }
      return nil
    }
  }
}
