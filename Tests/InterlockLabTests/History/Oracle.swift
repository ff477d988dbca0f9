import InterlockLab

/// Judges a history by trying everything: slow, and too simple to be wrong.
struct Oracle<Model: SequentialModel> {
  typealias Operation = RecordedOperation<Model>

  let model: Model
  let operations: [Operation]

  init(_ history: History<Model>, _ model: Model) {
    self.model = model
    operations = history.operations
  }

  /// Whether some permutation of the operations that returned, and of some of those that did not, respects time
  /// and the model.
  var isLinearizable: Bool {
    let returned = operations.indices.filter { operations[$0].returned != nil }
    let pending = operations.indices.filter { operations[$0].returned == nil }
    return (0..<(1 << pending.count)).contains { subset in
      let chosen = pending.indices.filter { subset >> $0 & 1 == 1 }.map { pending[$0] }
      return somePermutation(of: returned + chosen) { state(after: $0) != nil }
    }
  }

  /// Whether `accepts` holds for a permutation in which none comes after one that was called when it had
  /// returned.
  private func somePermutation(
    of numbers: [Int], _ taken: [Int] = [], _ accepts: ([Int]) -> Bool
  ) -> Bool {
    guard !numbers.isEmpty else { return accepts(taken) }
    return numbers.contains { number in
      let rest = numbers.filter { $0 != number }
      return rest.allSatisfy { !precedes(operations[$0], operations[number]) }
        && somePermutation(of: rest, taken + [number], accepts)
    }
  }

  /// The latest return up to which some order explains everything that had returned by then, and the answers of
  /// those it needs from later, and how many operations such an order has at most; nil if one explains all.
  var firstUnexplained: (time: Int, order: Int)? {
    var latest = (time: 0, order: 0)
    var explainsAll = false
    func extend(_ order: [Int]) {
      guard let state = state(after: order) else { return }
      let rest = operations.indices.filter { !order.contains($0) }
      guard let next = rest.compactMap({ operations[$0].returned }).min() else {
        explainsAll = true
        return
      }
      if (next, order.count) > latest { latest = (next, order.count) }
      for number in rest where rest.allSatisfy({ !precedes(operations[$0], operations[number]) }) {
        // One that never returned and changes nothing makes no order longer.
        let isIdle =
          operations[number].returned == nil && self.state(after: order + [number]) == state
        if !isIdle { extend(order + [number]) }
      }
    }
    extend([])
    return explainsAll ? nil : latest
  }

  private func precedes(_ first: Operation, _ second: Operation) -> Bool {
    first.returned.map { $0 < second.called } ?? false
  }

  private func state(after order: [Int]) -> Model.State? {
    Self.state(model, after: order.map { operations[$0] })
  }

  private static func state(_ model: Model, after order: [Operation]) -> Model.State? {
    var state = model.initial
    for recorded in order {
      guard let next = model.step(state, recorded.operation, recorded.result) else { return nil }
      state = next
    }
    return state
  }

  /// What is wrong with what the checker says of this history; empty if it proves what it says.
  ///
  /// For models without keys. It does not tell whether a counterexample is one: see ``firstUnexplained``.
  func faults(in verdict: Linearizability.Verdict<Model>) -> [String] {
    switch verdict {
    case .linearizable(let order): faults(inOrder: order, upTo: .max)
    case .notLinearizable(let counterexample): faults(in: counterexample)
    case .undecided: ["no verdict"]
    }
  }

  private func faults(inOrder order: [Operation], upTo time: Int) -> [String] {
    var faults: [String] = []
    let calls = Set(order.map(\.called))
    if calls.count != order.count { faults.append("one operation twice") }
    for recorded in operations {
      let mustBeThere = recorded.returned.map { $0 < time } ?? false
      if mustBeThere, !calls.contains(recorded.called) { faults.append("\(recorded) is missing") }
    }
    // Each must have been called before all that come after it returned.
    var earliest = Int.max
    for recorded in order.reversed() {
      if recorded.called > earliest { faults.append("\(recorded) is too early") }
      earliest = min(earliest, recorded.returned ?? .max)
    }
    if Self.state(model, after: order) == nil { faults.append("the order explains nothing") }
    return faults
  }

  private func faults(in counterexample: Counterexample<Model>) -> [String] {
    let (order, stuck) = (counterexample.order, counterexample.stuck)
    guard let time = stuck.compactMap(\.returned).min() else { return ["nothing is stuck"] }
    var faults = faults(inOrder: order, upTo: time)
    let state = counterexample.state
    if Self.state(model, after: order) != state { faults.append("\(state) is another state") }
    for recorded in stuck where model.step(state, recorded.operation, recorded.result) != nil {
      faults.append("\(recorded) can come next")
    }
    let placed = Set(order.map(\.called))
    let left = operations.filter { !placed.contains($0.called) }
    for recorded in left where recorded.called < time {
      let isListed = stuck.contains { $0.called == recorded.called }
      let next = model.step(state, recorded.operation, recorded.result)
      let isIdle = recorded.returned == nil && next == state
      if !isListed, !isIdle { faults.append("\(recorded) is not listed") }
    }
    if counterexample.later != left.count(where: { $0.called > time }) {
      faults.append("\(counterexample.later) are not those called later")
    }
    return faults
  }
}
