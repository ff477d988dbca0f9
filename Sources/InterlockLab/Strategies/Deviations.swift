/// A decision that differs from the default: the `decision`-th of the run went to `choice`, the number of a
/// task or of an outcome.
struct Deviation: Hashable, Sendable {
  var decision: Int
  var choice: Int32
}

/// The default schedule with given deviations: replay, and every step of shrinking.
final class DeviatingOrder: Strategy {
  private let deviations: [Deviation]
  private var next = 0
  private var decision = 0
  /// The first deviation that asked for what was not there.
  private(set) var missed: Deviation?

  /// The first deviation whose decision has not come; nil when all have.
  var unreached: Deviation? { next < deviations.count ? deviations[next] : nil }

  /// - Parameter deviations: In the order of their decisions.
  init(_ deviations: [Deviation]) {
    self.deviations = deviations
  }

  override func begin() {
    next = 0
    decision = 0
    missed = nil
  }

  override func pick(_ ready: [ReadyJob], last: Int32) -> Int {
    guard let choice = deviation() else { return DefaultOrder.index(in: ready, last: last) }
    if let index = ready.firstIndex(where: { $0.task == choice.choice }) { return index }
    miss(choice)
    return DefaultOrder.index(in: ready, last: last)
  }

  override func choose(_ count: Int) -> Int {
    guard let choice = deviation() else { return 0 }
    if (0..<count).contains(Int(choice.choice)) { return Int(choice.choice) }
    miss(choice)
    return 0
  }

  private func deviation() -> Deviation? {
    defer { decision += 1 }
    guard next < deviations.count, deviations[next].decision == decision else { return nil }
    defer { next += 1 }
    return deviations[next]
  }

  private func miss(_ deviation: Deviation) {
    missed = missed ?? deviation
  }
}
