/// What one run is given besides its strategy.
struct RunSetup: Sendable {
  static let usualSteps = 20_000
  /// The most steps it may take.
  var steps = usualSteps
  var time = TimePolicy.idle
  /// Whether a task may be interrupted where it has just given up a lock.
  var syncPoints = false
  var faults: [Fault] = []
  /// Numbers of the body that are not to be the largest.
  var parameters: [Parameter] = []
  /// Whether an actor serves its jobs in the order in which they came.
  var fifoActors = false
  /// How long a standstill that is reported is given to be ended from outside, in real nanoseconds.
  var wakeUpPatience: Int64 = 0
  /// How long outside work is waited for, in real nanoseconds; nil when it is an escape.
  var outsideWait: Int64?
  /// What the body's random numbers begin with.
  var seed: UInt64 = 0

  /// Whether it is told by the same text, but for the seed.
  func isToldLike(_ other: RunSetup) -> Bool {
    faults == other.faults && parameters == other.parameters && time == other.time
      && syncPoints == other.syncPoints && fifoActors == other.fifoActors && steps == other.steps
  }
}

/// When virtual time goes on.
public enum TimePolicy: Sendable, Hashable {
  /// Only when nothing is ready: every step takes no time.
  case idle
  /// Also before one in so many steps, as on a slow machine: whoever sleeps may wake while others are ready.
  case slipping(oneIn: Int)
}
