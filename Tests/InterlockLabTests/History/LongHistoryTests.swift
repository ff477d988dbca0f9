import Testing

@testable import InterlockLab

/// Histories too long for brute force.
@Suite struct LongHistoryTests {
  /// What clients did with a register that is right: each value is written once, and each operation takes effect
  /// at some moment between its call and its return.
  private func sketch(_ count: Int, width: Int, seed: UInt64) -> Sketch<RegisterModel<Int>> {
    var generator = SplitMix(seed)
    let shape = Shape.random(count, width: width, pending: 50, using: &generator)
    var operations:
      [(operation: RegisterModel<Int>.Operation, result: RegisterModel<Int>.Result?)] =
        (0..<count).map { (generator.below(2) == 0 ? .read : .write($0 + 1), nil) }
    var value = 0
    var waiting: [Int] = []
    func takeEffect(_ number: Int) {
      waiting.removeAll { $0 == number }
      switch operations[number].operation {
      case .read: operations[number].result = .value(value)
      case .write(let written):
        value = written
        operations[number].result = .written
      }
    }
    var called = 0
    for event in shape.events {
      switch event {
      case .call:
        waiting.append(called)
        called += 1
      case .return(let number): if waiting.contains(number) { takeEffect(number) }
      }
      while !waiting.isEmpty, generator.below(3) == 0 {
        takeEffect(waiting[generator.below(waiting.count)])
      }
    }
    for number in operations.indices where !shape.returned.contains(number) {
      operations[number].result = nil
    }
    return Sketch(model: RegisterModel(initial: 0), operations: operations, shape: shape)
  }

  /// Changes what one read returned: to any number one time in four, else to what was written about then.
  private func injectWrongRead(
    into sketch: inout Sketch<RegisterModel<Int>>, using generator: inout SplitMix
  ) {
    let reads = sketch.operations.indices.filter {
      if case .value = sketch.operations[$0].result { true } else { false }
    }
    let read = reads[generator.below(reads.count)]
    let near = max(0, read - 4)..<min(sketch.operations.count, read + 5)
    let written = near.compactMap { number -> Int? in
      if case .write(let value) = sketch.operations[number].operation { value } else { nil }
    }
    let isAny = written.isEmpty || generator.below(4) == 0
    sketch.operations[read].result = .value(
      isAny ? generator.below(sketch.operations.count + 1) : written[generator.below(written.count)]
    )
  }

  /// Checks a history, and that the verdict is the right one.
  private func isLinearizable(_ sketch: Sketch<RegisterModel<Int>>, _ comment: String) -> Bool {
    let history = sketch.history
    let verdict = Linearizability.check(history)
    #expect(
      verdict.isLinearizable == RegisterOracle(history, initial: 0).isLinearizable, "\(comment)")
    #expect(Oracle(history, sketch.model).faults(in: verdict).isEmpty, "\(comment)")
    return verdict.isLinearizable
  }

  @Test(arguments: [3, 4, 5, 6])
  func `the oracle for long histories agrees with brute force on short ones`(_ count: Int) {
    for seed: UInt64 in 0..<500 {
      var sketch = sketch(count, width: 3, seed: seed)
      var generator = SplitMix(seed)
      if sketch.operations.contains(where: { $0.result != nil && $0.operation == .read }) {
        injectWrongRead(into: &sketch, using: &generator)
      }
      let history = sketch.history
      #expect(
        RegisterOracle(history, initial: 0).isLinearizable
          == Oracle(history, sketch.model).isLinearizable,
        "seed \(seed): \(history.operations)")
    }
  }

  @Test(arguments: [(400, 3, 60), (400, 6, 20), (2000, 3, 12), (2000, 4, 6)])
  func `lab.L-10 a wrong read in a long history is rejected, or proven harmless`(
    count: Int, width: Int, seeds: Int
  ) {
    var harmless = 0
    for seed in 0..<UInt64(seeds) {
      let right = sketch(count, width: width, seed: seed)
      #expect(isLinearizable(right, "seed \(seed)"))
      var wrong = right
      var generator = SplitMix(seed)
      injectWrongRead(into: &wrong, using: &generator)
      if isLinearizable(wrong, "seed \(seed), wrong read") { harmless += 1 }
    }
    #expect(harmless > 0 && harmless < seeds, "\(harmless) of \(seeds) are harmless")
  }
}
