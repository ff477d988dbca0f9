import InterlockLab
import Synchronization
import Testing

/// What a body gains by saying what its state is.
@Suite struct FingerprintTests {
  @Test func `in which order the results of a group arrive is part of a state`() async throws {
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.exhaustive(preemptions: nil)) { lab in
        let done = Locked(0)
        lab.fingerprint { done.value }
        await withTaskGroup(of: Int.self) { group in
          for number in 1...2 {
            group.addTask {
              done.change { $0 += 1 }
              return number
            }
          }
          while done.value < 2 { try? await Task.sleep(for: .seconds(1)) }
          // A decision after both have ended: from here on the two orders look alike.
          let other = Task { await Task.yield() }
          await Task.yield()
          lab.check(await group.next() == 1, "the second was first")
          await other.value
        }
      }
    }
    #expect(try #require(failure).report.outcome == .failed("the second was first"))
  }

  @Test(arguments: 0..<30)
  func `going on once from each state reaches every final state`(seed: UInt64) async throws {
    let program = BoxProgram(seed: seed, [2, 1])
    let whole = try await program.explore(hasFingerprint: false, preemptions: nil)
    let cached = try await program.explore(hasFingerprint: true, preemptions: nil)
    #expect(cached.finals == whole.finals, "seed \(seed): \(program)")
    #expect(cached.schedules <= whole.schedules)
  }

  @Test(arguments: 0..<30)
  func `nor does a bound on preemptions hide one`(seed: UInt64) async throws {
    let program = BoxProgram(seed: seed, [2, 2])
    for bound in 0...3 {
      let whole = try await program.explore(hasFingerprint: false, preemptions: bound)
      let cached = try await program.explore(hasFingerprint: true, preemptions: bound)
      #expect(cached.finals == whole.finals, "seed \(seed), bound \(bound): \(program)")
    }
  }

  @Test func `a grid of steps takes schedules for its states, not for its paths`() async throws {
    let body: @Sendable (Bool) -> @Sendable (Lab) async throws -> Void = { hasFingerprint in
      { lab in
        let boxes = Boxes(2)
        if hasFingerprint { lab.fingerprint { boxes.values } }
        await withTaskGroup(of: Void.self) { group in
          for box in 0..<2 {
            group.addTask {
              for _ in 0..<5 {
                boxes.change(box) { $0 += 1 }
                await Task.yield()
              }
            }
          }
        }
      }
    }
    let whole = try await Lab.explore(.exhaustive(preemptions: nil), body(false))
    let cached = try await Lab.explore(.exhaustive(preemptions: nil), body(true))
    #expect(whole.isComplete && cached.isComplete)
    #expect(cached.schedules * 20 < whole.schedules, "\(cached.schedules) of \(whole.schedules)")
  }

  @Test func `lab.L-7 steps that repeat and change nothing are a livelock`() async throws {
    var plan = Plan.random(schedules: 1, seed: 0)
    plan.steps = 400
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(plan) { lab in
        let boxes = Boxes(2)
        lab.fingerprint { boxes.values }
        // Each steps aside for the other.
        await withTaskGroup(of: Void.self) { group in
          for name in ["alice", "bob"] {
            group.addTask(name: name) { while !Task.isCancelled { await Task.yield() } }
          }
        }
      }
    }
    guard case .livelock(400, let cycle) = failure?.report.outcome else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(Set(cycle).isSubset(of: ["alice", "bob"]) && !cycle.isEmpty)
  }

  @Test func `lab.L-7 steps that change something are none`() async throws {
    var plan = Plan.random(schedules: 1, seed: 0)
    plan.steps = 400
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(plan) { lab in
        let boxes = Boxes(1)
        lab.fingerprint { boxes.values }
        while !Task.isCancelled {
          boxes.change(0) { $0 += 1 }
          await Task.yield()
        }
      }
    }
    #expect(failure?.report.outcome == .stepLimit(400))
    #expect(failure?.report.trace?.events.count == 31)
  }
}

private final class Boxes: Sendable {
  private let state: Mutex<[Int]>
  init(_ count: Int) { state = Mutex(Array(repeating: 0, count: count)) }
  var values: [Int] { state.withLock { $0 } }
  func change(_ index: Int, _ change: (inout Int) -> Void) {
    state.withLock { change(&$0[index]) }
  }
}

/// Tasks that read a box, and write what they make of it to another later.
private struct BoxProgram: Sendable, CustomStringConvertible {
  struct Step: Sendable {
    let reads: Int
    let writes: Int
    let factor: Int
    /// Yields before, which leave no trace.
    let pauses: Int
    /// Whether another task does it, which is made here and awaited at the end.
    let isDelegated: Bool
  }

  let tasks: [[Step]]

  /// - Parameters:
  ///   - seed: Another seed, another program.
  ///   - counts: Steps of each task.
  init(seed: UInt64, _ counts: [Int]) {
    var generator = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 11)
    tasks = counts.indices.map { task in
      (0..<counts[task]).map { index in
        Step(
          reads: Int.random(in: 0..<2, using: &generator),
          writes: Int.random(in: 0..<2, using: &generator),
          factor: Int.random(in: 2...4, using: &generator),
          pauses: task == 0 && index == 0 ? 1 : 0,
          isDelegated: index == 0 && task == 0 && Bool.random(using: &generator))
      }
    }
  }

  var description: String { "\(tasks)" }

  func explore(
    hasFingerprint: Bool, preemptions: Int?
  ) async throws -> (finals: Set<[Int]>, schedules: Int) {
    let finals = Finals()
    let report = try await Lab.explore(.exhaustive(preemptions: preemptions)) { [tasks] lab in
      let boxes = Boxes(2)
      // What a task has in hand decides how it goes on: it has a place of its own.
      let hands = Boxes(16)
      if hasFingerprint { lab.fingerprint { [boxes.values, hands.values] } }
      await withTaskGroup(of: Void.self) { group in
        for (number, steps) in tasks.enumerated() {
          group.addTask {
            var made: [Task<Void, Never>] = []
            for (index, step) in steps.enumerated() {
              let hand = number * 4 + index
              let work: @Sendable () async -> Void = {
                for _ in 0..<step.pauses { await Task.yield() }
                let value = boxes.values[step.reads] &* step.factor &+ 1
                hands.change(hand) { $0 = value }
                await Task.yield()
                boxes.change(step.writes) { $0 = value }
                await Task.yield()
              }
              if step.isDelegated { made.append(Task { await work() }) } else { await work() }
            }
            for task in made { await task.value }
          }
        }
      }
      finals.insert(boxes.values)
    }
    #expect(report.isComplete)
    return (finals.all, report.schedules)
  }
}

private final class Finals: Sendable {
  private let states = Mutex<Set<[Int]>>([])
  func insert(_ state: [Int]) { states.withLock { _ = $0.insert(state) } }
  var all: Set<[Int]> { states.withLock { $0 } }
}

private struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }
}
