import Testing

@testable import InterlockLab

/// Recording, partitions, limits, and what the report says.
@Suite struct HistoryTests {
  @Test func `operations are recorded in the order of their calls, with their times`() {
    let history = History(RegisterModel(initial: 0))
    let write = history.call(.write(1))
    let read = history.call(.read)
    history.return(read, .value(0))
    #expect(
      history.operations.map(\.description) == [
        "write(1) → pending  [1...]", "read → value(0)  [2...3]",
      ])
    history.return(write, .written)
    #expect(history.operations.first?.description == "write(1) → written  [1...4]")
  }

  @Test func `what throws stays pending`() async {
    struct Lost: Error {}
    let history = History(RegisterModel(initial: 0))
    await #expect(throws: Lost.self) {
      try await history.perform(.write(1)) { throw Lost() }
    }
    let seen = await history.perform(.read) { .value(1) }
    #expect(seen == .value(1))
    #expect(history.operations.map(\.returned) == [nil, 3])
    #expect(Linearizability.check(history).isLinearizable)
  }

  @Test func `an operation does not return twice`() async {
    await #expect(processExitsWith: .failure) {
      let history = History(RegisterModel(initial: 0))
      let read = history.call(.read)
      history.return(read, .value(0))
      history.return(read, .value(0))
    }
  }

  @Test func `an empty history is linearizable`() {
    #expect(Linearizability.check(History(QueueModel<Int>())).isLinearizable)
    #expect(Linearizability.check(History(SetModel<Int>())).isLinearizable)
  }

  @Test func `the report says what is explained, and what cannot come next`() {
    let history = History(RegisterModel(initial: 0))
    let first = history.call(.write(1))
    history.return(first, .written)
    let (second, wrong) = (history.call(.read), history.call(.read))
    history.return(second, .value(1))
    history.return(wrong, .value(0))
    let last = history.call(.read)
    history.return(last, .value(1))
    #expect(
      Linearizability.check(history).description == """
        not linearizable: no order explains every result
        explained, in this order:
          write(1) → written  [1...2]
          read → value(1)  [3...5]
        state then: 1
        cannot come next:
          read → value(0)  [4...6]
        called later: 1
        """)
  }

  @Test func `a long report shows the last operations, and the key`() {
    let history = History(SetModel<Int>())
    for _ in 0..<30 { history.return(history.call(.contains(7)), false) }
    history.return(history.call(.insert(8)), true)
    history.return(history.call(.remove(7)), true)
    let lines = Linearizability.check(history).description.split(separator: "\n")
    #expect(lines.count == 2 + 1 + 20 + 3)
    #expect(lines.first == "not linearizable for 7: no order explains every result")
    #expect(lines[2] == "  … 10 before")
    #expect(lines.last == "  remove(7) → true  [63...64]")
  }

  @Test func `a search that is too long says so`() {
    let history = History(RegisterModel(initial: 0))
    for value in 1...40 { _ = history.call(.write(value)) }
    history.return(history.call(.read), .value(-1))
    let verdict = Linearizability.check(history, limit: 5000)
    #expect(!verdict.isLinearizable)
    #expect(
      verdict.description
        == "not known to be linearizable: the search ended at its limit of 5000 configurations")
  }

  @Test func `real threads on a variable behind a mutex are linearizable`() async {
    let value = Value()
    let history = History(CompareAndSetModel(initial: 0))
    await withTaskGroup(of: Void.self) { group in
      for client in 1...4 {
        group.addTask {
          for round in 0..<100 {
            let new = client * 1000 + round
            let seen = value.load()
            await history.perform(.compareAndSet(seen, new)) {
              value.compareAndSet(seen, new) ? .written : .refused
            }
            await history.perform(.read) { .value(value.load()) }
          }
        }
      }
    }
    #expect(history.operations.count == 800)
    let verdict = Linearizability.check(history)
    #expect(verdict.isLinearizable, "\(verdict)")
  }
}

/// The set again, as one object.
private struct WholeSetModel: SequentialModel {
  var initial: Set<Int> { [] }

  func step(_ state: Set<Int>, _ operation: SetModel<Int>.Operation, _ result: Bool?) -> Set<Int>? {
    switch operation {
    case .insert(let element):
      result == nil || result == !state.contains(element) ? state.union([element]) : nil
    case .remove(let element):
      result == nil || result == state.contains(element) ? state.subtracting([element]) : nil
    case .contains(let element):
      result == nil || result == state.contains(element) ? state : nil
    }
  }
}

extension HistoryTests {
  @Test func `checking each key for itself comes to the same as checking all at once`() {
    var (accepted, rejected) = (0, 0)
    for seed: UInt64 in 0..<1000 {
      var generator = SplitMix(seed)
      let shape = Shape.random(8, width: 4, pending: 8, using: &generator)
      var operations: [(operation: SetModel<Int>.Operation, result: Bool?)] = (0..<8).map {
        number in
        let element = generator.below(3)
        let operation: SetModel<Int>.Operation =
          switch generator.below(3) {
          case 0: .insert(element)
          case 1: .remove(element)
          default: .contains(element)
          }
        return (operation, shape.returned.contains(number) ? generator.below(3) == 0 : nil)
      }
      // Answers as they would be in the order of the calls, but for one in four.
      var state: Set<Int> = []
      for number in operations.indices where operations[number].result != nil {
        let model = WholeSetModel()
        let isTrue = model.step(state, operations[number].operation, true)
        let isLie = generator.below(16) == 0
        operations[number].result = (isTrue != nil) != isLie
        state = isTrue ?? model.step(state, operations[number].operation, false) ?? state
      }
      let whole = Sketch(model: WholeSetModel(), operations: operations, shape: shape).history
      let keyed = Sketch(model: SetModel<Int>(), operations: operations, shape: shape).history
      let expected = Linearizability.check(whole).isLinearizable
      let verdict = Linearizability.check(keyed)
      #expect(verdict.isLinearizable == expected, "seed \(seed)")
      if expected { accepted += 1 } else { rejected += 1 }
      guard case .linearizable(let order) = verdict else { continue }
      // The orders of the keys, merged, explain the whole.
      let merged = Linearizability.Verdict.linearizable(
        order.compactMap { placed in whole.operations.first { $0.called == placed.called } })
      #expect(Oracle(whole, WholeSetModel()).faults(in: merged).isEmpty, "seed \(seed)")
    }
    #expect(min(accepted, rejected) > 100, "\(accepted) accepted, \(rejected) rejected")
  }
}

private final class Value: Sendable {
  /// Real threads share it: the thread sanitizer is told of its lock.
  private let value = Shared(0)

  func load() -> Int { value.withLock { $0 } }

  func compareAndSet(_ expected: Int, _ new: Int) -> Bool {
    value.withLock { value in
      guard value == expected else { return false }
      value = new
      return true
    }
  }
}
