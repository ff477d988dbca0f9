import InterlockLab
import Synchronization
import Testing

/// How a run may end, and what the report says of it (lab.L-7).
@Suite struct OutcomeTests {
  private func failure(
    _ plan: Plan = .random(schedules: 200, seed: 0),
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async throws -> Report {
    let failure = await #expect(throws: LabFailure.self) { try await Lab.explore(plan, body) }
    return try #require(failure).report
  }

  @Test func `lab.L-7 two locks in two orders: who waits for what is told`() async throws {
    let report = try await failure { _ in
      let gate = Gate()
      let other = Gate()
      let alice = Task(name: "alice") {
        await gate.enter()
        await other.enter()
        await other.leave()
        await gate.leave()
      }
      let bob = Task(name: "bob") {
        await other.enter()
        await gate.enter()
        await gate.leave()
        await other.leave()
      }
      await alice.value
      await bob.value
    }
    guard case .deadlock(let tasks) = report.outcome else {
      Issue.record("\(report.outcome)")
      return
    }
    #expect(tasks.map(\.task) == ["main", "alice", "bob"])
    #expect(tasks.map(\.waitsFor) == ["task alice", "a continuation", "a continuation"])
    #expect(tasks.map(\.since) == [1, 7, 6])
    // Where each stands, from the symbols of this program.
    #expect(
      tasks[0].functions.first?.hasPrefix("closure #1 in OutcomeTests.") == true,
      "\(tasks[0].functions)")
    #expect(tasks[1].functions.first == "Gate.enter()")
    #expect(tasks[1].functions.dropFirst().first?.hasPrefix("closure #1 in closure #1 in ") == true)
    #expect(
      tasks[1].description.hasPrefix(
        "alice waits for a continuation since step 7, in Gate.enter() ← closure #1 "))
  }

  @Test func `lab.L-7 a task left behind is named`() async throws {
    let report = try await failure { _ in
      _ = Task(name: "watcher") {
        let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
        for await _ in stream {}
        continuation.finish()
      }
    }
    guard case .leaked(let tasks) = report.outcome else {
      Issue.record("\(report.outcome)")
      return
    }
    #expect(tasks.map(\.task) == ["watcher"])
    #expect(
      tasks[0].description.hasPrefix(
        "watcher waits for a continuation since step 2, in closure #1 in "))
  }

  @Test func `lab.L-7 a loop without end meets the limit of steps`() async throws {
    var plan = Plan.random(schedules: 1, seed: 0)
    plan.steps = 300
    let report = try await failure(plan) { _ in while !Task.isCancelled { await Task.yield() } }
    #expect(report.outcome == .stepLimit(300))
  }

  @Test func `lab.L-7 a replay that asks for what is not there has diverged`() async throws {
    let report = try await Lab.replay("lab1/body//0:7") { _ in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 { group.addTask { await Task.yield() } }
      }
    }
    #expect(report.outcome == .diverged("decision 0 had no choice 7"))
  }

  /// What a fault needs that a body does not have, and what is told of it.
  @Test(arguments: [
    (
      "f=c9.0",
      "task 0 was not there to be cancelled before step 10: there were 1 tasks, from 0, and 2 steps"
    ),
    (
      "f=c0.4",
      "task 4 was not there to be cancelled before step 1: there were 1 tasks, from 0, and 2 steps"
    ),
    (
      "f=k0.node",
      "process node was not there to crash before step 1: there were 2 steps, and no processes"
    ),
    ("f=e2.send", "visit 2 of send never came: there were 1"),
    ("f=e1.send,e1.receive", "visit 1 of receive never came: there were 0"),
    ("f=d1.500.receive", "visit 1 of receive never came: there were 0"),
    ("p=2.clients", "the body never asked for the number clients"),
  ])
  func `lab.L-7 a replay of what never goes wrong has diverged`(_ field: String, _ reason: String)
    async throws
  {
    let report = try await Lab.replay("lab1/body///\(field)") { lab in
      try? await lab.fault("send")
      await Task.yield()
    }
    #expect(report.outcome == .diverged(reason))
  }

  @Test(arguments: ["f=c1.0", "f=e1.send", "f=d1.500.send"])
  func `lab.L-7 a replay of what goes wrong and is borne has passed`(_ field: String) async throws {
    let report = try await Lab.replay("lab1/body///\(field)") { lab in
      try? await lab.fault("send")
      await Task.yield()
    }
    #expect(report.outcome == .passed)
  }

  @Test func `lab.L-7 a replay with another hash has diverged`() async throws {
    let report = try await Lab.replay("lab1/body//#0000") { _ in await Task.yield() }
    guard case .diverged = report.outcome else {
      Issue.record("\(report.outcome)")
      return
    }
  }

  @Test func `a body that throws has failed with its error`() async throws {
    struct Refused: Error {}
    let report = try await failure { _ in throw Refused() }
    #expect(report.outcome == .failed("the body threw: Refused()"))
  }

  @Test func `an invariant is looked at after every step`() async throws {
    let report = try await failure { lab in
      let gate = Mutex(0)
      let box = Box(gate)
      lab.invariant("at most one inside") { box.count <= 1 }
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            box.change(1)
            await Task.yield()
            box.change(-1)
          }
        }
      }
    }
    #expect(report.outcome == .failed("at most one inside does not hold"))
  }
}

private final class Box: Sendable {
  private let state: Mutex<Int>
  init(_ state: consuming Mutex<Int>) { self.state = state }
  var count: Int { state.withLock { $0 } }
  func change(_ amount: Int) { state.withLock { $0 += amount } }
}

/// A lock that knows nothing of cancellation.
private actor Gate {
  private var isHeld = false
  private var waiters: [CheckedContinuation<Void, Never>] = []

  func enter() async {
    guard isHeld else {
      isHeld = true
      return
    }
    await withCheckedContinuation { waiters.append($0) }
  }

  func leave() {
    guard waiters.isEmpty else { return waiters.removeFirst().resume() }
    isHeld = false
  }
}
