internal import CInterlockLab

/// Jobs that other threads brought.
///
/// Whose they are is known only by the task, so every engine looks whether one is its own.
final class OutsideArrivals: Sendable {
  struct Arrival: Sendable {
    let job: UInt
    /// The actor it is to run on; 0 for none.
    let actor: UInt
  }

  static let shared = OutsideArrivals()

  /// One is enough to tell that a run left the lab; those of runs that are long over go first.
  private static let capacity = 64

  private let arrivals = Shared<[Arrival]>([])

  func insert(_ arrival: Arrival) {
    arrivals.withLock { arrivals in
      if arrivals.count == Self.capacity { arrivals.removeFirst() }
      arrivals.append(arrival)
    }
    interlock_lab_tell_arrival()
  }

  /// How many ever came: no lock is taken while nothing comes.
  var total: UInt64 { interlock_lab_arrivals() }

  /// Takes the jobs that belong to one of `tasks`, in the order in which they came.
  func take(of tasks: TaskTable) -> [Arrival] {
    arrivals.withLock { arrivals in
      let own = arrivals.filter { tasks.number(of: $0.job) != nil }
      arrivals.removeAll { tasks.number(of: $0.job) != nil }
      return own
    }
  }
}
