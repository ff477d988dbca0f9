public import Interlock

/// Why a ``SeededScheduler`` gave a run up.
public struct SchedulingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What stopped the run.
  public enum Reason: Sendable, Hashable {
    /// No task could go on and none slept; `waiting` is how many of them a cancellation woke.
    case deadlock(waiting: Int)
    /// The run took this many steps without coming to its end.
    case stepLimitReached(limit: Int)
  }

  /// The seed of the run.
  public var seed: UInt64
  /// How many steps it had run.
  public var steps: Int
  /// The virtual time at which it stopped.
  public var at: Instant
  /// What stopped it.
  public var reason: Reason

  /// What happened, with the numbers, and what to look at.
  public var description: String {
    let place = "seed \(seed), step \(steps), virtual time \(Instant.origin.duration(to: at))"
    switch reason {
    case .deadlock(let waiting):
      let who =
        waiting == 0
        ? "no waiting task answers cancellation"
        : "\(waiting) waiting \(waiting == 1 ? "task was" : "tasks were") woken by cancelling"
      return """
        deadlock: nothing is ready, nobody sleeps and the body has not returned (\(place); \(who)); \
        look for a wait that nobody ends, or one that left the scheduler (an unstructured task, the \
        main actor, another clock)
        """
    case .stepLimitReached(let limit):
      return """
        gave up after \(limit) steps (\(place)); look for a loop that never sleeps, or raise \
        stepLimit
        """
    }
  }
}
