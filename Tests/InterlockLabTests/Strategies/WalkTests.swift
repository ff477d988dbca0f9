import Testing

@testable import InterlockLab

/// What each strategy does, on programs small enough to count.
@Suite struct WalkTests {
  /// Interleavings of tasks with so many steps: the multinomial coefficient.
  private func interleavings(_ counts: [Int]) -> Int {
    var result = 1
    var total = 0
    for count in counts {
      for k in 1...count {
        total += 1
        result = result * total / k
      }
    }
    return result
  }

  private func schedules(_ program: ModelProgram, preemptions: Int?) -> Set<[Int32]> {
    let walk = ExhaustiveWalk(preemptions: preemptions)
    var orders: Set<[Int32]> = []
    repeat {
      let isNew = orders.insert(program.run(walk)).inserted
      #expect(isNew, "a schedule came twice")
    } while walk.advance()
    #expect(walk.missed == nil)
    return orders
  }

  @Test(arguments: [[1, 1], [2, 2], [3, 2], [2, 2, 2], [4, 4]])
  func `an exhaustive walk tries each interleaving once`(_ counts: [Int]) {
    // All tasks are there from the start: the first steps of the body are taken without a choice.
    let program = ModelProgram(
      tasks: [counts.indices.map { ModelProgram.Step(makes: $0 + 1) }]
        + counts.map { Array(repeating: ModelProgram.Step(), count: $0) })
    let all = schedules(program, preemptions: nil)
    let afterBody = Set(all.filter { $0.prefix(counts.count).allSatisfy { $0 == 0 } })
    #expect(afterBody.count == interleavings(counts))
  }

  @Test(arguments: 0...3)
  func `a bounded walk tries just the schedules with so many preemptions`(_ bound: Int) {
    let program = ModelProgram.tasks([3, 3])
    let all = schedules(program, preemptions: nil)
    let counts = [2, 3, 3]
    func preemptions(_ order: [Int32]) -> Int {
      var taken = [0, 0, 0]
      var result = 0
      for (index, task) in order.enumerated() {
        if index > 0 {
          let last = Int(order[index - 1])
          if Int(task) != last, taken[last] < counts[last] { result += 1 }
        }
        taken[Int(task)] += 1
      }
      return result
    }
    #expect(schedules(program, preemptions: bound) == all.filter { preemptions($0) <= bound })
  }

  @Test func `lab.L-9 a uniform walk takes every interleaving about as often as any other`() {
    isUniform(
      ModelProgram(
        tasks: [
          [.init(makes: 1), .init(makes: 2)], Array(repeating: .init(), count: 3),
          Array(repeating: .init(), count: 3),
        ]))
  }

  @Test func `lab.L-9 a uniform walk knows tasks again that have another number`() {
    // Which of the last two is made first depends on the schedule.
    isUniform(
      ModelProgram(
        tasks: [
          [.init(makes: 1), .init(makes: 2)], [.init(makes: 3)], [.init(makes: 4)],
          Array(repeating: .init(), count: 4), [.init()],
        ]))
  }

  private func isUniform(_ program: ModelProgram) {
    let all = schedules(program, preemptions: nil)
    let counts = StepCounts()
    _ = program.run(counts)
    var seen: [[Int32]: Int] = [:]
    let runs = 200 * all.count
    for seed in 0..<runs {
      seen[
        program.run(UniformWalk(seed: UInt64(seed), counts: counts.withDescendants)), default: 0] +=
        1
    }
    #expect(Set(seen.keys) == all)
    // Pearson's chi-squared against the uniform distribution; the 0.9999 quantile for k degrees of freedom
    // is below k + 4·√(2k) + 10.
    let expected = Double(runs) / Double(all.count)
    let statistic = seen.values.reduce(0.0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    let freedom = Double(all.count - 1)
    #expect(statistic < freedom + 4 * (2 * freedom).squareRoot() + 10)
  }

  /// Whether what a task has used makes it draw again when another uses this.
  private func drawsAgain(used: Footprint, after other: Footprint) -> Bool {
    (0..<200 as Range<UInt64>).contains { seed in
      let walk = PartialOrderWalk(seed: seed)
      walk.begin()
      func job(_ task: Int32, _ sequence: UInt32) -> ReadyJob {
        ReadyJob(job: 1, mode: .task, task: task, actor: 0, sequence: sequence, enabledBy: 0)
      }
      let (writer, user, bystander) = (job(1, 10), job(2, 11), job(3, 12))
      walk.executed(job(2, 1), footprint: used, known: 0)
      let before = walk.pick([user, bystander], last: 0)
      walk.executes(writer, among: [writer, user, bystander])
      walk.executed(writer, footprint: other, known: 0)
      return walk.pick([user, bystander], last: 0) != before
    }
  }

  private func footprint(_ object: Int32, _ access: Lab.Access) -> Footprint {
    var footprint = Footprint()
    footprint.insert(object, access)
    return footprint
  }

  @Test func `a partial order walk draws again for those that use the same`() {
    #expect(drawsAgain(used: footprint(1, .writing), after: footprint(1, .writing)))
    #expect(drawsAgain(used: footprint(1, .reading), after: footprint(1, .writing)))
    #expect(!drawsAgain(used: footprint(1, .reading), after: footprint(1, .reading)))
    #expect(!drawsAgain(used: footprint(1, .writing), after: footprint(2, .writing)))
    #expect(!drawsAgain(used: footprint(1, .writing), after: Footprint()))
  }
}
