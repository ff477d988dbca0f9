/// A walk under which every interleaving is about as likely: a task runs with a probability proportional to
/// the steps it, and the tasks it has not made yet, still have to take.
///
/// Zhao, Wolff, Mathur, Roychoudhury: Selectively uniform concurrency testing, ASPLOS 2025.
final class UniformWalk: Strategy {
  private var generator: SplitMix
  private let counts: StepTally
  private var remaining: [Int] = []

  /// - Parameters:
  ///   - seed: Another seed, another run.
  ///   - counts: The steps of each task with its descendants, from ``StepCounts``.
  init(seed: UInt64, counts: StepTally) {
    generator = SplitMix(seed)
    self.counts = counts
  }

  override func begin() { remaining.removeAll(keepingCapacity: true) }

  override func created(_ task: Int32, parent: Int32, lineage: Lineage) {
    let count = counts[lineage] ?? 1
    remaining.append(count)
    guard parent >= 0 else { return }
    remaining[Int(parent)] -= count
  }

  override func pick(_ ready: [ReadyJob], last: Int32) -> Int {
    var total = 0
    for job in ready { total += weight(of: job.task) }
    var point = generator.below(total)
    for index in ready.indices {
      point -= weight(of: ready[index].task)
      if point < 0 { return index }
    }
    return ready.count - 1
  }

  override func choose(_ count: Int) -> Int { generator.below(count) }

  override func happens(oneIn odds: Int) -> Bool { generator.below(odds) == 0 }

  override func executes(_ job: ReadyJob, among ready: [ReadyJob]) {
    remaining[Int(job.task)] -= 1
  }

  private func weight(of task: Int32) -> Int { max(1, remaining[Int(task)]) }
}
