/// What happened in one run, in order.
public struct Trace: Sendable, Hashable {
  /// One thing that happened.
  public enum Event: Sendable, Hashable {
    /// A job ran to its next suspension; what follows, up to the next step, happened in it.
    case step(Step)
    /// Virtual time went on: how much has passed since the start, and whether it slipped, which is a deviation.
    case time(Duration, isDeviation: Bool)
    /// What was planned to go wrong did.
    case fault(String)
    /// Of so many outcomes of ``Lab/choose(_:_:)`` this one was taken, which is not the usual one.
    case choice(Int, of: Int)
    /// What the body, or the lab, had to say.
    case note(String)
    /// What went wrong.
    case failure(String)
  }

  /// One step.
  public struct Step: Sendable, Hashable {
    /// From 1.
    public let number: Int
    /// Virtual time since the start.
    public let time: Duration
    /// The number of the task, in order of first sight; an isolated `deinit` that waits for its actor has one too.
    public let task: Int32
    /// Its name, or `T3 (child of main)`.
    public let taskName: String
    /// The actor it ran on, as `Type#n`; nil for none.
    public let actor: String?
    /// How many jobs were ready, this one included.
    public let ready: Int
    /// Whether it ran inside a step of another task, where that had given up a lock.
    public let isNested: Bool
    /// The task that the default schedule would have run; nil unless this step is a deviation.
    public let insteadOf: String?

    /// Whether the default schedule would have run another.
    public var isDeviation: Bool { insteadOf != nil }
  }

  /// All of it.
  public let events: [Event]

  /// The tasks that took a step, in the order of their first.
  public var tasks: [(number: Int32, name: String)] {
    var tasks: [(number: Int32, name: String)] = []
    for case .step(let step) in events where !tasks.contains(where: { $0.number == step.task }) {
      tasks.append((step.task, step.taskName))
    }
    return tasks
  }
}
