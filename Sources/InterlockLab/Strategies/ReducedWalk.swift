/// One schedule of each kind: two that differ only in the order of steps with nothing in common end alike, and
/// only one of them is run.
///
/// Dynamic partial-order reduction (Flanagan, Godefroid: Dynamic partial-order reduction for model checking
/// software, POPL 2005) with sleep sets (Godefroid: Partial-order methods for the verification of concurrent
/// systems, LNCS 1032). It is right only if all that tasks share is in actors or was touched.
///
/// A step happens before those of its task that follow, before those it enqueued, and before those that use
/// what it used; once time has passed, before all.
final class ReducedWalk: Strategy {
  /// One decision of the current schedule, also where there was no choice.
  private struct Node {
    /// The tasks that were ready, or the outcomes there were.
    var ready = TaskSet()
    var chosen: Int32
    /// What is to be tried here.
    var backtrack = TaskSet()
    var done = TaskSet()
    /// What need not be tried: it was, elsewhere, and nothing since has had to do with it.
    var sleep: [Sleeper]
    /// What was tried here, with the footprints it left.
    var tried: [Sleeper] = []
    let isChoice: Bool
    /// The step that follows; -1 for a choice.
    let step: Int
  }

  private struct Sleeper {
    let task: Int32
    /// What its next step uses, of what had a number before it.
    var footprint: Footprint
    /// Whether it also uses what had none: which that is cannot be told in another run.
    var usesNew: Bool
  }

  private struct Step {
    let task: Int32
    let footprint: Footprint
    let node: Int
  }

  // One thread uses them, and no other code runs within a use: as in the engine, a check would be dear.
  @safe @exclusivity(unchecked) private var nodes: [Node] = []
  private var depth = 0
  @safe @exclusivity(unchecked) private var steps: [Step] = []
  @safe @exclusivity(unchecked) private var order = StepOrder()
  @safe @exclusivity(unchecked) private var asleep: [Sleeper] = []
  /// Whether the current schedule is like one that was run.
  private(set) var isRedundantRun = false
  private(set) var missed: Deviation?
  private var hasTooManyTasks = false
  private var hasTooManyOutcomes = false
  private var slips = false

  private let countsCompletions: Bool

  /// - Parameter countsCompletions: Whether a task that ends has something in common with its siblings.
  init(countsCompletions: Bool) {
    self.countsCompletions = countsCompletions
  }

  override var problem: String? {
    if slips { return "a reduction does not know what time passes for: leave out one of the two" }
    if hasTooManyOutcomes {
      return "a reduction tells \(TaskSet.capacity - 1) outcomes of a choice apart: there were more"
    }
    if hasTooManyTasks {
      return "a reduction tells \(TaskSet.capacity - 1) tasks apart: more came"
    }
    if let missed {
      return "decision \(missed.decision) had no task \(missed.choice) when it came again"
    }
    return depth < nodes.count ? "decision \(nodes.count - 1) did not come again" : nil
  }

  override func created(_ task: Int32, parent: Int32, lineage: Lineage) {
    if task >= TaskSet.capacity - 1 { hasTooManyTasks = true }
  }

  override var followsFootprints: Bool { true }

  override var isReduction: Bool { true }

  override var followsCompletions: Bool { countsCompletions }

  override var isRedundant: Bool { isRedundantRun }

  override func begin() {
    depth = 0
    steps.removeAll(keepingCapacity: true)
    order.removeAll()
    asleep.removeAll(keepingCapacity: true)
    isRedundantRun = false
  }

  override func pick(_ ready: [ReadyJob], last: Int32) -> Int {
    defer { depth += 1 }
    if depth == nodes.count {
      guard let chosen = firstAwake(ready, last: last) else {
        isRedundantRun = true
        return 0
      }
      var node = Node(
        chosen: chosen, sleep: asleep, isChoice: false, step: steps.count)
      for job in ready { node.ready.insert(job.task) }
      node.backtrack.insert(chosen)
      nodes.append(node)
    } else {
      asleep = nodes[depth].sleep
    }
    let choice = nodes[depth].chosen
    if let index = ready.firstIndex(where: { $0.task == choice }) { return index }
    missed = missed ?? Deviation(decision: depth, choice: choice)
    return DefaultOrder.index(in: ready, last: last)
  }

  override func happens(oneIn odds: Int) -> Bool {
    slips = true
    return super.happens(oneIn: odds)
  }

  override func choose(_ count: Int) -> Int {
    defer { depth += 1 }
    if count >= TaskSet.capacity { hasTooManyOutcomes = true }
    if depth == nodes.count {
      var node = Node(chosen: 0, sleep: [], isChoice: true, step: -1)
      for outcome in 0..<min(count, TaskSet.capacity) {
        node.ready.insert(Int32(truncatingIfNeeded: outcome))
      }
      node.backtrack = node.ready
      nodes.append(node)
    }
    let choice = nodes[depth].chosen
    guard choice < count else {
      missed = missed ?? Deviation(decision: depth, choice: choice)
      return 0
    }
    return Int(choice)
  }

  override func executed(_ job: ReadyJob, footprint: Footprint, known: Int32) {
    guard !isRedundantRun else { return }
    let node = lastStepNode
    order.append()
    if let previous = steps.lastIndex(where: { $0.task == job.task }) { order.join(previous) }
    if job.isWokenByTime {
      for step in steps.indices { order.join(step) }
    } else if job.enabledBy > 0, Int(job.enabledBy) <= steps.count {
      order.join(Int(job.enabledBy) - 1)
    }
    noteRace(of: job.task, footprint)
    var index = steps.count - 1
    while index >= 0 {
      if !order.isOrdered(index), steps[index].footprint.conflicts(with: footprint) {
        order.join(index)
      }
      index -= 1
    }
    steps.append(Step(task: job.task, footprint: footprint, node: node))
    note(job.task, footprint, known: known, at: node)
    // Whoever was tried here before, or sleeps since earlier, goes on sleeping until somebody uses the same.
    asleep = (nodes[node].sleep + nodes[node].tried).filter {
      $0.task != job.task && !$0.footprint.conflicts(with: footprint)
        && !($0.usesNew && footprint.reaches(known))
    }
  }

  /// Turns to the next schedule; false when there is none.
  func advance() -> Bool {
    while var node = nodes.popLast() {
      node.done.insert(node.chosen)
      var candidates = node.backtrack.subtracting(node.done)
      for sleeper in node.sleep { candidates.remove(sleeper.task) }
      guard let next = candidates.first else { continue }
      node.chosen = next
      nodes.append(node)
      return true
    }
    return false
  }

  /// What a task leaves here may depend on choices inside its step: all of it counts.
  private func note(_ task: Int32, _ footprint: Footprint, known: Int32, at node: Int) {
    let usesNew = footprint.reaches(known)
    guard let last = nodes[node].tried.indices.last, nodes[node].tried[last].task == task else {
      nodes[node].tried.append(
        Sleeper(task: task, footprint: footprint.below(known), usesNew: usesNew))
      return
    }
    nodes[node].tried[last].footprint.formUnion(footprint.below(known))
    nodes[node].tried[last].usesNew = nodes[node].tried[last].usesNew || usesNew
  }

  /// The node of the step that has just run: the last that was no choice made inside it.
  private var lastStepNode: Int {
    var index = depth - 1
    while nodes[index].isChoice || nodes[index].step != steps.count { index -= 1 }
    return index
  }

  private func firstAwake(_ ready: [ReadyJob], last: Int32) -> Int32? {
    let usual = ready[DefaultOrder.index(in: ready, last: last)].task
    if !isAsleep(usual) { return usual }
    return ready.lazy.map(\.task).filter { !self.isAsleep($0) }.min()
  }

  private func isAsleep(_ task: Int32) -> Bool { asleep.contains { $0.task == task } }

  /// If the step could have run before the last one it has something in common with, that order is to be
  /// tried as well.
  private func noteRace(of task: Int32, _ footprint: Footprint) {
    var index = steps.count - 1
    while index >= 0 {
      let step = steps[index]
      if step.task != task, !order.isOrdered(index), step.footprint.conflicts(with: footprint) {
        break
      }
      index -= 1
    }
    guard index >= 0 else { return }
    let (rival, node) = (steps[index].task, steps[index].node)
    let isWay = { [nodes, order] (step: Int) in
      let task = self.steps[step].task
      return task != rival && nodes[node].ready.contains(task) && order.isOrdered(step)
    }
    if nodes[node].ready.contains(task) {
      nodes[node].backtrack.insert(task)
    } else if let way = (index + 1..<steps.count).first(where: isWay) {
      nodes[node].backtrack.insert(steps[way].task)
    } else {
      nodes[node].backtrack = nodes[node].ready
    }
  }
}
