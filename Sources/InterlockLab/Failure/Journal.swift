/// What happened in one run, step by step.
struct Journal: Sendable {
  private(set) var events: [Trace.Event] = []
  private var actors: [UInt] = []
  /// Whom the next step runs instead of.
  private var insteadOf: String?
  private var isSlipping = false

  mutating func removeAll() { self = Journal() }

  /// The next step is not the default one: that would have been this task's.
  mutating func deviates(from task: String) { insteadOf = task }

  /// Time goes on next, though somebody is ready.
  mutating func timeSlips() { isSlipping = true }

  mutating func step(
    _ job: ReadyJob, number: Int, at now: Int64, ready: Int, isNested: Bool, _ tasks: TaskTable,
    main: UInt
  ) {
    events.append(
      .step(
        Trace.Step(
          number: number, time: .nanoseconds(now), task: job.task,
          taskName: tasks.descriptiveLabel(job.task),
          actor: job.actor == main ? "MainActor" : actorName(job.actor), ready: ready,
          isNested: isNested, insteadOf: insteadOf)))
    insteadOf = nil
  }

  /// Sleepers wake now.
  mutating func wakes(at now: Int64, isLater: Bool) {
    if isLater || isSlipping { events.append(.time(.nanoseconds(now), isDeviation: isSlipping)) }
    isSlipping = false
  }

  mutating func fault(_ text: String) { events.append(.fault(text)) }

  /// The body asked for one of `count` outcomes, and got one that is not the first.
  mutating func chose(_ choice: Int, of count: Int) { events.append(.choice(choice, of: count)) }

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
