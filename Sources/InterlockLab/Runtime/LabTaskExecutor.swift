internal import CInterlockLab

#if compiler(>=6.3) && compiler(<6.4)
  @_spi(ExperimentalScheduling) internal import _Concurrency
#endif

/// Where every task of a lab runs that is isolated to no actor: whatever it is handed waits to be chosen.
final class LabTaskExecutor: TaskExecutor {
  private let inbox: OutsideArrivals

  /// - Parameter inbox: Where jobs go that come from another thread.
  init(_ inbox: OutsideArrivals) { self.inbox = inbox }

  /// Whose it is, on the thread that runs that engine; nil on every other.
  private var engine: Engine? {
    guard let engine = Engine.current, engine.taskExecutor === self else { return nil }
    return engine
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    guard let engine else { return inbox.insert(job, actor: 0) }
    engine.arrive(job, actor: 0)
  }

  private func sleep(_ job: UnownedJob, for delay: Duration?) {
    guard let engine else { return inbox.insert(job, actor: 0) }
    engine.sleep(job, for: delay)
  }
}

#if compiler(>=6.3) && compiler(<6.4)
  /// Sleeping comes here, whatever clock it is asked of. With another compiler it leaves for a real timer,
  /// and the self-check says so.
  extension LabTaskExecutor: SchedulingExecutor {
    func enqueue<C: Clock>(
      _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
    ) {
      sleep(UnownedJob(job), for: delay as? Duration)
    }

    func enqueue<C: Clock>(
      _ job: consuming ExecutorJob, at instant: C.Instant, tolerance: C.Duration?, clock: C
    ) {
      sleep(UnownedJob(job), for: clock.now.duration(to: instant) as? Duration)
    }
  }
#endif
