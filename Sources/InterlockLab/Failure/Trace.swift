/// What happened in one run, in order.
public struct Trace: Sendable, Hashable {
  /// One line of it.
  public enum Event: Sendable, Hashable {
    /// A job ran to its next suspension.
    case step(Step)
    /// Virtual time went on: how much has passed since the start.
    case time(Duration)
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
    /// The number of the task, in order of first sight; `Int32.max` for work of the runtime itself.
    public let task: Int32
    /// Its name, or `T3`.
    public let taskName: String
    /// The actor it ran on, as `Type#n`; nil for none.
    public let actor: String?
    /// How many jobs were ready, this one included.
    public let ready: Int
    /// Whether it ran inside a step of another task, where that had given up a lock.
    public let isNested: Bool
    /// Whether the default schedule would have run another.
    public let isDeviation: Bool
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

  /// Two traces are the same when their events are.
  public static func == (left: Trace, right: Trace) -> Bool { left.events == right.events }
}
