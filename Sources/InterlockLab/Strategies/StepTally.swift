/// How many steps tasks take, each with all that come from it, by their lineage: it holds in every schedule in which
/// the same tasks are made.
struct StepTally: Sendable {
  private let sorted: [(lineage: Lineage, steps: Int)]

  /// Nothing is known.
  init() { sorted = [] }

  /// - Parameter steps: Of each task, in any order.
  init(_ steps: some Sequence<(lineage: Lineage, steps: Int)>) {
    sorted = steps.sorted { $0.lineage < $1.lineage }
  }

  /// The steps of a task and of its descendants; nil when it was not there.
  subscript(_ lineage: Lineage) -> Int? {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle].lineage < lineage { low = middle + 1 } else { high = middle }
    }
    guard low < sorted.count, sorted[low].lineage == lineage else { return nil }
    return sorted[low].steps
  }
}
