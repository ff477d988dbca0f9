/// A job that could run now: what the runtime enqueued, and what a strategy may know of it.
///
/// Strategies read it and never run it, so they are tested on made-up jobs.
struct ReadyJob: Sendable {
  /// How the runtime wants a job to be run.
  enum Mode: UInt8, Sendable {
    /// On the lab's executor.
    case task
    /// On an actor.
    case actor
    /// Two jobs that are one step: the first only makes the task that yielded ready again.
    case yield
    /// Whatever the runtime library queued for itself: an actor's queue, of one task or more.
    case drain
  }

  /// The job's address.
  let job: UInt
  let mode: Mode
  /// The task's number; one of its own for a job that belongs to none.
  let task: Int32
  /// The address of the actor it runs on; 0 for none.
  let actor: UInt
  /// Unique within a run, in the order of arrival.
  let sequence: UInt32
  /// The number of the step in which it was enqueued; 0 before the first.
  let enabledBy: UInt32
  /// Whether it was enqueued because time passed: everything before happened before it.
  var isWokenByTime = false
}
