/// Probabilistic concurrency testing: a bug that needs `depth` ordered events is found with a probability of
/// at least 1 / (n · kᵈ⁻¹), n the tasks and k the decisions.
///
/// Burckhardt, Kothari, Musuvathi, Nagarakatte: A randomized scheduler with probabilistic guarantees of
/// finding bugs, ASPLOS 2010. Unlike there, a task that yields keeps its priority: losing it would undo the
/// guarantee for every body that yields, and the engine itself holds back a task that does nothing else.
final class PriorityWalk: Strategy {
  private var generator: SplitMix
  private let depth: Int
  /// The decisions at which a task loses its priority, in no order.
  private var changes: [Int]
  private var decision = 0
  private var priorities: [Int] = []

  /// - Parameters:
  ///   - seed: Another seed, another run.
  ///   - depth: The ordered events a bug needs, at least 1.
  ///   - decisions: How many decisions a run has, about.
  init(seed: UInt64, depth: Int, decisions: Int) {
    var generator = SplitMix(seed)
    changes = (1..<max(1, depth)).map { _ in generator.below(max(1, decisions)) }
    self.generator = generator
    self.depth = depth
  }

  override func pick(_ ready: [ReadyJob], last: Int32) -> Int {
    var index = highest(in: ready)
    if let change = changes.firstIndex(of: decision) {
      set(ready[index].task, to: depth - 1 - change)
      index = highest(in: ready)
    }
    decision += 1
    return index
  }

  override func choose(_ count: Int) -> Int { generator.below(count) }

  override func happens(oneIn odds: Int) -> Bool { generator.below(odds) == 0 }

  private func highest(in ready: [ReadyJob]) -> Int {
    var best = 0
    var highest = Int.min
    for index in ready.indices {
      let priority = priority(of: ready[index].task)
      if priority > highest { (best, highest) = (index, priority) }
    }
    return best
  }

  private func priority(of task: Int32) -> Int {
    while priorities.count <= Int(task) { priorities.append(depth + generator.below(1 << 40)) }
    return priorities[Int(task)]
  }

  private func set(_ task: Int32, to priority: Int) {
    _ = self.priority(of: task)
    priorities[Int(task)] = priority
  }
}
