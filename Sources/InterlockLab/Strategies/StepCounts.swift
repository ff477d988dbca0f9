/// How many steps each task of a body takes, from a run by the default order: what ``UniformWalk`` starts from.
final class StepCounts: Strategy {
  /// The steps of each task.
  private(set) var own: [Int] = []
  /// Who made each task; -1 for the body.
  private(set) var parents: [Int32] = []
  private var lineages: [Lineage] = []
  /// Decisions between more than one job.
  private(set) var decisions = 0

  override func begin() {
    own.removeAll(keepingCapacity: true)
    parents.removeAll(keepingCapacity: true)
    lineages.removeAll(keepingCapacity: true)
    decisions = 0
  }

  override func created(_ task: Int32, parent: Int32, lineage: Lineage) {
    own.append(0)
    parents.append(parent)
    lineages.append(lineage)
  }

  override func executes(_ job: ReadyJob, among ready: [ReadyJob]) {
    if ready.count > 1 { decisions += 1 }
    own[Int(job.task)] += 1
  }

  /// The steps of each task and of all that came from it.
  var withDescendants: StepTally {
    var sums = own
    for task in parents.indices.reversed() where parents[task] >= 0 {
      sums[Int(parents[task])] += sums[task]
    }
    return StepTally(zip(lineages, sums).lazy.map { (lineage: $0, steps: $1) })
  }
}
