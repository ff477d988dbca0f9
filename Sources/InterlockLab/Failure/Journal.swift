/// What happened in one run, step by step.
struct Journal: Sendable {
  private(set) var events: [Trace.Event] = []
  private var actors: [UInt] = []
  private var isDeviating = false

  mutating func removeAll() {
    events.removeAll()
    actors.removeAll()
    isDeviating = false
  }

  /// The next step is not the default one.
  mutating func deviates() { isDeviating = true }

  mutating func step(
    _ job: ReadyJob, number: Int, at now: Int64, ready: Int, isNested: Bool, _ tasks: TaskTable,
    main: UInt
  ) {
    events.append(
      .step(
        Trace.Step(
          number: number, time: .nanoseconds(now), task: job.task, taskName: tasks.label(job.task),
          actor: job.actor == main ? "MainActor" : actorName(job.actor), ready: ready,
          isNested: isNested, isDeviation: isDeviating)))
    isDeviating = false
  }

  mutating func timePassed(_ now: Int64) { events.append(.time(.nanoseconds(now))) }

  mutating func note(_ text: String) { events.append(.note(text)) }

  mutating func failed(_ outcome: Outcome) { events.append(.failure("\(outcome)")) }

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
