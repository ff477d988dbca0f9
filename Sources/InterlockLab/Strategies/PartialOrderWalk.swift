/// Partial order sampling: every ready job has a random priority; the highest runs, and those in
/// conflict with it draw again.
///
/// So orders that differ in nothing are not tried more often than others.
///
/// Yuan, Yang, Gu: Partial order aware concurrency sampling, CAV 2018. There the next event of each thread is known
/// before it is run; here only its actor is. What else it will use is taken to be what its task has used so far.
final class PartialOrderWalk: Strategy {
  private struct Draw {
    let sequence: UInt32
    let task: Int32
    let priority: UInt64
  }

  private var generator: SplitMix
  private var draws: [Draw] = []
  /// What each task has touched, by its number.
  private var used: [Footprint] = []

  init(seed: UInt64) {
    generator = SplitMix(seed)
  }

  override var followsFootprints: Bool { true }

  override func begin() {
    draws.removeAll(keepingCapacity: true)
    used.removeAll(keepingCapacity: true)
  }

  override func pick(_ ready: [ReadyJob], last: Int32) -> Int {
    var best = 0
    var highest: UInt64 = 0
    for index in ready.indices {
      let priority = priority(of: ready[index])
      if priority >= highest { (best, highest) = (index, priority) }
    }
    return best
  }

  override func choose(_ count: Int) -> Int { generator.below(count) }

  override func happens(oneIn odds: Int) -> Bool { generator.below(odds) == 0 }

  override func executes(_ job: ReadyJob, among ready: [ReadyJob]) {
    draws.removeAll { $0.sequence == job.sequence }
    guard job.actor != 0, !draws.isEmpty else { return }
    for other in ready where other.actor == job.actor && other.sequence != job.sequence {
      draws.removeAll { $0.sequence == other.sequence }
    }
  }

  override func executed(_ job: ReadyJob, footprint: Footprint, known: Int32) {
    guard !footprint.isEmpty else { return }
    let task = Int(job.task)
    while used.count <= task { used.append(Footprint()) }
    used[task].formUnion(footprint)
    draws.removeAll { draw in
      draw.task != job.task && Int(draw.task) < used.count
        && used[Int(draw.task)].conflicts(with: footprint)
    }
  }

  private func priority(of job: ReadyJob) -> UInt64 {
    if let known = draws.first(where: { $0.sequence == job.sequence }) { return known.priority }
    let drawn = generator.next()
    // Whether a step goes on at a sync point is asked once.
    guard job.job != 0 else { return drawn }
    draws.append(Draw(sequence: job.sequence, task: job.task, priority: drawn))
    return drawn
  }
}
