@testable import InterlockLab

/// A program without a runtime: tasks that take so many steps, each on an actor or on none, and may
/// make others.
///
/// What a strategy does with it can be counted.
struct ModelProgram {
  struct Step: Hashable {
    /// 0 for none.
    var actor: UInt = 0
    /// The task that is made in this step.
    var makes: Int?
  }

  /// The steps of each task; 0 is the body.
  let tasks: [[Step]]

  /// Runs it once.
  ///
  /// - Returns: the task of each step, in order.
  func run(_ strategy: Strategy) -> [Int32] {
    strategy.begin()
    var numbers = [Int?](repeating: nil, count: tasks.count)
    var next = [Int](repeating: 0, count: tasks.count)
    var ready: [ReadyJob] = []
    var order: [Int32] = []
    var created: [Int] = []
    var sequence: UInt32 = 0
    var lineages: [Lineage] = []
    var children: [UInt32] = []

    func enqueue(_ task: Int) {
      guard next[task] < tasks[task].count else { return }
      ready.append(
        ReadyJob(
          job: 1, mode: .task, task: Int32(numbers[task] ?? -1),
          actor: tasks[task][next[task]].actor,
          sequence: sequence, enabledBy: UInt32(order.count)))
      sequence += 1
    }
    func create(_ task: Int, by parent: Int32) {
      numbers[task] = created.count
      created.append(task)
      var lineage = Lineage.body
      if parent >= 0 {
        children[Int(parent)] += 1
        lineage = lineages[Int(parent)].child(children[Int(parent)])
      }
      lineages.append(lineage)
      children.append(0)
      strategy.created(Int32(created.count - 1), parent: parent, lineage: lineage)
      enqueue(task)
    }

    create(0, by: -1)
    var last: Int32 = 0
    while !ready.isEmpty {
      let index = ready.count == 1 ? 0 : strategy.pick(ready, last: last)
      let job = ready[index]
      strategy.executes(job, among: ready)
      ready.remove(at: index)
      last = job.task
      let task = created[Int(job.task)]
      order.append(Int32(task))
      let step = tasks[task][next[task]]
      next[task] += 1
      if let made = step.makes { create(made, by: job.task) }
      enqueue(task)
    }
    return order
  }

  /// A body that makes tasks of so many steps each.
  static func tasks(_ counts: [Int]) -> ModelProgram {
    ModelProgram(
      tasks: [counts.indices.map { Step(makes: $0 + 1) }]
        + counts.map { Array(repeating: Step(), count: $0) })
  }
}
