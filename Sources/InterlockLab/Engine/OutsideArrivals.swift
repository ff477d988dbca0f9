internal import CInterlockLab

/// Jobs that other threads brought to an engine.
final class OutsideArrivals: Sendable {
  struct Arrival: Sendable {
    let job: UInt
    /// The actor it is to run on; 0 for none.
    let actor: UInt
  }

  /// Those of which it is not known whose they are: every engine looks whether one is its own.
  static let ofAnyone = OutsideArrivals()

  /// One is enough to tell that a run left the lab; those of runs that are long over go first.
  private static let capacity = 1024

  private let arrivals = Shared<[Arrival]>([])

  /// A job from a thread that runs no lab, or another.
  func insert(_ job: UnownedJob, actor: UInt) {
    let arrival = Arrival(job: unsafe unsafeBitCast(job, to: UInt.self), actor: actor)
    arrivals.withLock { arrivals in
      if arrivals.count == Self.capacity { arrivals.removeFirst() }
      arrivals.append(arrival)
    }
    interlock_lab_tell_arrival()
  }

  /// How many ever came, to all engines: no lock is taken while nothing comes.
  static var total: UInt64 { interlock_lab_arrivals() }

  /// Forgets those of runs that are over.
  func removeAll() { arrivals.withLock { $0.removeAll(keepingCapacity: true) } }

  /// Takes the jobs that belong to one of `tasks`, in the order in which they came.
  func take(of tasks: TaskTable) -> [Arrival] {
    arrivals.withLock { arrivals in
      let own = arrivals.filter { tasks.number(of: $0.job) != nil }
      arrivals.removeAll { tasks.number(of: $0.job) != nil }
      return own
    }
  }
}
