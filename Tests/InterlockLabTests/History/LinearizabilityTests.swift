import Testing

@testable import InterlockLab

/// The checker against trying everything (lab.L-10).
@Suite struct LinearizabilityTests {
  private static let register = RegisterModel(initial: 0)
  /// What may be asked of a register, with every answer; nil for one that never returns.
  private static let registerMenu: [(RegisterModel<Int>.Operation, RegisterModel<Int>.Result?)] = [
    (.read, .value(0)), (.read, .value(1)), (.write(0), .written), (.write(1), .written),
    (.read, nil), (.write(0), nil), (.write(1), nil),
  ]
  private static let queue = QueueModel<Int>()
  private static let queueMenu: [(QueueModel<Int>.Operation, QueueModel<Int>.Result?)] = [
    (.enqueue(0), .enqueued), (.enqueue(1), .enqueued), (.dequeue, .dequeued(0)),
    (.dequeue, .dequeued(1)), (.dequeue, .empty),
    (.enqueue(0), nil), (.enqueue(1), nil), (.dequeue, nil),
  ]

  /// Compares the verdict on a history with the oracle's.
  ///
  /// - Returns: whether it is linearizable.
  private func judge<Model>(_ sketch: Sketch<Model>, _ comment: String) -> Bool {
    let history = sketch.history
    let oracle = Oracle(history, sketch.model)
    let verdict = Linearizability.check(history)
    let expected = oracle.isLinearizable
    if verdict.isLinearizable != expected {
      Issue.record("\(comment): \(expected) for \(history.operations)")
    }
    let faults = oracle.faults(in: verdict)
    if !faults.isEmpty {
      Issue.record("\(comment): \(faults) in \(verdict) for \(history.operations)")
    }
    if case .notLinearizable(let counterexample) = verdict {
      let furthest = oracle.firstUnexplained
      if counterexample.stuck.compactMap(\.returned).min() != furthest?.time
        || counterexample.order.count != furthest?.order
      {
        Issue.record("\(comment): \(verdict) is not the furthest for \(history.operations)")
      }
    }
    return expected
  }

  /// Judges every history of so many operations from a menu, if its first is one that `first` lets pass.
  private func judgeAll<Model: SequentialModel>(
    _ model: Model, _ menu: [(Model.Operation, Model.Result?)], _ count: Int,
    first: (Model.Operation, Model.Result?) -> Bool = { _, _ in true }
  ) -> (accepted: Int, rejected: Int) {
    let answered = menu.filter { $0.1 != nil }
    let pending = menu.filter { $0.1 == nil }
    var (accepted, rejected) = (0, 0)
    for shape in Shape.all(count) {
      func extend(_ operations: [(Model.Operation, Model.Result?)]) {
        guard operations.count < count else {
          let sketch = Sketch(
            model: model, operations: operations.map { ($0.0, $0.1) }, shape: shape)
          if judge(sketch, "all") { accepted += 1 } else { rejected += 1 }
          return
        }
        for item in shape.returned.contains(operations.count) ? answered : pending {
          guard !operations.isEmpty || first(item.0, item.1) else { continue }
          extend(operations + [item])
        }
      }
      extend([])
    }
    return (accepted, rejected)
  }

  /// Judges random histories of so many operations from a menu.
  private func judgeRandom<Model: SequentialModel>(
    _ model: Model, _ menu: [(Model.Operation, Model.Result?)], _ count: Int, seeds: Range<Int>
  ) -> (accepted: Int, rejected: Int) {
    let answered = menu.filter { $0.1 != nil }
    let pending = menu.filter { $0.1 == nil }
    var (accepted, rejected) = (0, 0)
    for seed in seeds {
      var generator = SplitMix(UInt64(seed))
      let shape = Shape.random(
        count, width: 2 + generator.below(count - 1), pending: 5, using: &generator)
      let operations = (0..<count).map { number in
        let items = shape.returned.contains(number) ? answered : pending
        return items[generator.below(items.count)]
      }
      let sketch = Sketch(
        model: model, operations: operations.map { ($0.0, $0.1) }, shape: shape)
      if judge(sketch, "seed \(seed)") { accepted += 1 } else { rejected += 1 }
    }
    return (accepted, rejected)
  }

  @Test(arguments: 1...4)
  func `lab.L-10 every short history of a register is judged as by brute force`(_ count: Int) {
    let counts = judgeAll(Self.register, Self.registerMenu, count)
    #expect(counts.accepted > 0 && counts.rejected > 0)
  }

  @Test(arguments: 1...4)
  func `lab.L-10 every short history of a queue is judged as by brute force`(_ count: Int) {
    // One that begins with a 1 is another with 0 and 1 swapped.
    let counts = judgeAll(Self.queue, Self.queueMenu, count) { operation, result in
      operation != .enqueue(1) && result != .dequeued(1)
    }
    #expect(counts.accepted > 0 && counts.rejected > 0)
  }

  @Test(arguments: 5...6)
  func `lab.L-10 random histories of a register are judged as by brute force`(_ count: Int) {
    let counts = judgeRandom(Self.register, Self.registerMenu, count, seeds: 0..<1500)
    #expect(min(counts.accepted, counts.rejected) > 150)
  }

  @Test(arguments: 5...6)
  func `lab.L-10 random histories of a queue are judged as by brute force`(_ count: Int) {
    let counts = judgeRandom(Self.queue, Self.queueMenu, count, seeds: 0..<1500)
    #expect(min(counts.accepted, counts.rejected) > 150)
  }
}
