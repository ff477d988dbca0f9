@testable import InterlockLab

extension Trace {
  /// Everything a trace can have, with names that a page must not take for its own.
  static let sample = Trace(events: [
    .step(.sample(1, 0, "main")), .note("begins"),
    .step(.sample(2, 1, "a<b>&\"c\"", ready: 2)),
    .step(.sample(3, 1, "a<b>&\"c\"", ready: 2)),
    .step(.sample(4, 2, "T2 (child of main)", on: "Cache#1", ready: 3, insteadOf: "main")),
    .note("reads nil"), .note("in vain"),
    .step(.sample(5, 1, "a<b>&\"c\"", on: "Cache#1", isNested: true)),
    .fault("node crashes"), .choice(1, of: 2), .time(.milliseconds(1200), isDeviation: true),
    .step(.sample(6, 0, "main", at: .milliseconds(1200))), .failure("loaded 2 times\n(and late)"),
  ])

  /// `tasks` tasks that take turns on actors of their own.
  static func turns(_ count: Int, of tasks: Int) -> Trace {
    Trace(
      events: (0..<count).map {
        .step(.sample($0 + 1, Int32($0 % tasks), "task-\($0 % tasks)", on: "Actor#\($0 % 9 + 1)"))
      })
  }
}

extension Trace.Step {
  static func sample(
    _ number: Int, _ task: Int32, _ name: String, at time: Duration = .zero,
    on actor: String? = nil,
    ready: Int = 1, isNested: Bool = false, insteadOf: String? = nil
  ) -> Trace.Step {
    Trace.Step(
      number: number, time: time, task: task, taskName: name, actor: actor, ready: ready,
      isNested: isNested, insteadOf: insteadOf)
  }
}
