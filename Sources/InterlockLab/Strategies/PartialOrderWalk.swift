/// Partial order sampling: every ready job has a random priority; the highest runs, and those in
/// conflict with it draw again.
///
/// So orders that differ in nothing are not tried more often than others.
///
/// Yuan, Yang, Gu: Partial order aware concurrency sampling, CAV 2018.
final class PartialOrderWalk: Strategy {
  private var generator: SplitMix
  private var priorities: [(sequence: UInt32, priority: UInt64)] = []

  init(seed: UInt64) {
    generator = SplitMix(seed)
  }

  override func begin() { priorities.removeAll(keepingCapacity: true) }

  override func pick(_ ready: [ReadyJob], last: Int32) -> Int {
    var best = 0
    var highest: UInt64 = 0
    for index in ready.indices {
      let priority = priority(of: ready[index].sequence)
      if priority >= highest { (best, highest) = (index, priority) }
    }
    return best
  }

  override func choose(_ count: Int) -> Int { generator.below(count) }

  override func happens(oneIn odds: Int) -> Bool { generator.below(odds) == 0 }

  override func executes(_ job: ReadyJob, among ready: [ReadyJob]) {
    priorities.removeAll { $0.sequence == job.sequence }
    guard job.actor != 0, !priorities.isEmpty else { return }
    for other in ready where other.actor == job.actor && other.sequence != job.sequence {
      priorities.removeAll { $0.sequence == other.sequence }
    }
  }

  private func priority(of sequence: UInt32) -> UInt64 {
    if let known = priorities.first(where: { $0.sequence == sequence }) { return known.priority }
    let drawn = generator.next()
    priorities.append((sequence, drawn))
    return drawn
  }
}
