/// What happened in one run, step by step.
struct Journal: Sendable {
  /// One line of a trace.
  enum Entry: Sendable, Hashable {
    case step(TraceStep)
    case time(Int64)
    case note(String)
    case failure(String)
  }

  private(set) var entries: [Entry] = []
  private var actors: [UInt] = []
  private var isDeviating = false

  mutating func removeAll() {
    entries.removeAll()
    actors.removeAll()
    isDeviating = false
  }

  /// The next step is not the default one.
  mutating func deviates() { isDeviating = true }

  mutating func step(
    _ job: ReadyJob, number: Int, at now: Int64, ready: Int, isNested: Bool, _ tasks: TaskTable,
    main: UInt
  ) {
    entries.append(
      .step(
        TraceStep(
          number: number, time: now, task: job.task, taskName: tasks.label(job.task),
          actor: job.actor == main ? "MainActor" : actorName(job.actor), ready: ready,
          isNested: isNested, isDeviation: isDeviating)))
    isDeviating = false
  }

  mutating func timePassed(_ now: Int64) { entries.append(.time(now)) }

  mutating func note(_ text: String) { entries.append(.note(text)) }

  mutating func failed(_ outcome: Outcome) { entries.append(.failure("\(outcome)")) }

  private mutating func actorName(_ address: UInt) -> String? {
    guard address != 0 else { return nil }
    let index =
      actors.firstIndex(of: address)
      ?? {
        actors.append(address)
        return actors.count - 1
      }()
    return "\(RuntimeObject(address: address).typeName)#\(index + 1)"
  }
}

/// One step of a trace.
struct TraceStep: Sendable, Hashable {
  let number: Int
  /// Virtual nanoseconds since the start.
  let time: Int64
  let task: Int32
  let taskName: String
  /// The actor it ran on, as `Type#n`.
  let actor: String?
  /// How many jobs were ready, this one included.
  let ready: Int
  /// Whether it ran inside a step of another task, where that had given up a lock.
  let isNested: Bool
  /// Whether the default schedule would have run another.
  let isDeviation: Bool
}
