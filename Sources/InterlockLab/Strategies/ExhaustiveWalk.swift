/// Every schedule with no more than so many preemptions, one after another: depth first, each run repeating
/// the last one up to the decision that is to change.
///
/// A preemption is a decision that leaves a task which could have gone on. Musuvathi, Qadeer: Iterative
/// context bounding for systematic testing of multithreaded programs, PLDI 2007.
final class ExhaustiveWalk: Strategy {
  /// One decision of the current schedule; its alternatives stand in `alternatives`, from `start` on.
  private struct Node {
    let start: Int
    var end: Int
    /// The alternative this schedule takes.
    var current: Int
    /// Preemptions on the way here.
    let spent: Int
  }

  private struct Alternative {
    /// A task, or an outcome.
    let choice: Int32
    let isPreemption: Bool
  }

  private let bound: Int
  // One thread uses them, and no other code runs within a use: as in the engine, a check would be dear.
  @safe @exclusivity(unchecked) private var nodes: [Node] = []
  @safe @exclusivity(unchecked) private var alternatives: [Alternative] = []
  private var depth = 0
  /// The states the walk went on from, with the fewest preemptions on the way there.
  private var seen: [UInt64: Int] = [:]
  /// Whether the current schedule came to a state the walk went on from before.
  private var isCut = false
  /// States beyond this are not remembered.
  private static let mostStates = 1 << 20
  /// The first decision that could not be repeated: the body is not deterministic.
  private(set) var missed: Deviation?

  /// - Parameter preemptions: nil for any number.
  init(preemptions: Int?) {
    bound = preemptions ?? .max
  }

  override var problem: String? {
    if let missed {
      return "decision \(missed.decision) had no task \(missed.choice) when it came again"
    }
    return depth < nodes.count ? "decision \(nodes.count - 1) did not come again" : nil
  }

  override var isRedundant: Bool { isCut }

  override func begin() {
    depth = 0
    isCut = false
  }

  override func reaches(_ state: UInt64) {
    guard depth == nodes.count else { return }
    let spent = spent
    if let fewest = seen[state], fewest <= spent {
      isCut = true
    } else if seen.count < Self.mostStates {
      seen[state] = spent
    }
  }

  override func pick(_ ready: [ReadyJob], last: Int32) -> Int {
    guard !isCut else { return 0 }
    if depth == nodes.count { addNode(ready, last: last) }
    let choice = take()
    if let index = ready.firstIndex(where: { $0.task == choice }) { return index }
    missed = missed ?? Deviation(decision: depth - 1, choice: choice)
    return DefaultOrder.index(in: ready, last: last)
  }

  override func choose(_ count: Int) -> Int {
    if depth == nodes.count {
      let start = alternatives.count
      for choice in 0..<count {
        alternatives.append(
          Alternative(choice: Int32(truncatingIfNeeded: choice), isPreemption: false))
      }
      push(from: start)
    }
    let choice = take()
    guard choice < count else {
      missed = missed ?? Deviation(decision: depth - 1, choice: choice)
      return 0
    }
    return Int(choice)
  }

  /// Turns to the next schedule; false when there is none.
  func advance() -> Bool {
    while var node = nodes.popLast() {
      node.current += 1
      if node.current < node.end {
        nodes.append(node)
        return true
      }
      alternatives.removeLast(node.end - node.start)
    }
    return false
  }

  private func addNode(_ ready: [ReadyJob], last: Int32) {
    let start = alternatives.count
    let usual = DefaultOrder.index(in: ready, last: last)
    let couldGoOn = ready[usual].task == last
    alternatives.append(Alternative(choice: ready[usual].task, isPreemption: false))
    let isAffordable = !couldGoOn || spent < bound
    if isAffordable {
      for index in ready.indices where index != usual {
        alternatives.append(Alternative(choice: ready[index].task, isPreemption: couldGoOn))
      }
    }
    push(from: start)
  }

  private func push(from start: Int) {
    nodes.append(Node(start: start, end: alternatives.count, current: start, spent: spent))
  }

  /// Preemptions of the schedule so far.
  private var spent: Int {
    guard let node = nodes.last else { return 0 }
    return node.spent + (alternatives[node.current].isPreemption ? 1 : 0)
  }

  private func take() -> Int32 {
    defer { depth += 1 }
    return alternatives[nodes[depth].current].choice
  }
}
