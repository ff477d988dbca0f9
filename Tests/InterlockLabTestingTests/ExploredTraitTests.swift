import Dispatch
import InterlockLab
import Synchronization
import Testing

@testable import InterlockLabTesting

/// What a test with the trait records, seen from where the runner would see it.
@Suite struct ExploredTraitTests {
  // MARK: What passes

  @Test(.explored(schedules: 200)) func `a body that holds records nothing`() async {
    #expect(await twoIncrements(isCareful: true) == 2)
    await loseNoTime()
  }

  @Test func `each schedule of the plan runs the body`() async throws {
    let runs = Atomic(0)
    let body: @concurrent @Sendable () async throws -> Void = {
      runs.add(1, ordering: .relaxed)
      _ = await twoIncrements(isCareful: true)
    }
    let issues = try await explore(.explored(.random(schedules: 50, seed: 1)), body)
    #expect(issues.isEmpty)
    // One more, for the schedule that is run twice.
    #expect(runs.load(ordering: .relaxed) == 51)
  }

  @Test(.explored(schedules: 20), arguments: [1, 2, 3])
  func `each case of a test with arguments is explored`(_ count: Int) async throws {
    #expect(Lab.current != nil)
    let counter = Counter()
    for _ in 0..<count { await counter.increment() }
    #expect(await counter.value == count)
  }

  @Test(.explored(schedules: 20)) func `a known issue fails nothing`() async {
    let value = await twoIncrements(isCareful: false)
    withKnownIssue(isIntermittent: true) { #expect(value == 2) }
  }

  @Test(.explored(schedules: 20)) func `the lab is at hand in the test and its tasks`() async throws
  {
    let lab = try #require(Lab.current)
    let inTask = await Task { Lab.current != nil }.value
    #expect(inTask)
    try await Task.sleep(for: .seconds(3600))
    #expect(lab.elapsed == .seconds(3600))
  }

  @MainActor @Test(.explored(schedules: 20))
  func `a test of the main actor runs on the lab's`() async {
    MainActor.assertIsolated()
    await Task.yield()
    MainActor.assertIsolated()
    #expect(Lab.current != nil)
  }

  // MARK: What fails

  @Test(
    .fails(
      telling: "Expectation failed", "ExploredTraitTests.swift:", "found in schedule ", " of 300",
      "replay: lab1/lab.L-11-a-lost-update-is-one-issue.", "INTERLOCK_LAB_SEED=7", "step  time",
      "← deviation", "✗ Expectation failed"),
    .explored(.random(schedules: 300, seed: 7)))
  func `lab.L-11 a lost update is one issue`() async {
    let value = await twoIncrements(isCareful: false)
    #expect(value == 2)
  }

  @Test(
    .fails(telling: "(value → 1) == 2", "replay: lab1/a-requirement."),
    .explored(.random(schedules: 300, seed: 7)))
  func `a requirement`() async throws {
    let value = await twoIncrements(isCareful: false)
    try #require(value == 2)
  }

  @Test(
    .fails(telling: "the body threw: Refused()", "found in schedule 1 of 10", "replay: lab1/"),
    .explored(schedules: 10))
  func `an error that is thrown`() async throws {
    await Task.yield()
    throw Refused()
  }

  @Test(
    .fails(
      telling: "left the lab through dispatch_async", "found in schedule 1 of 10", "replay: lab1/"),
    .explored(schedules: 10))
  func `an escape`() async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume() }
    }
  }

  @Test(
    .fails(telling: "deadlock: main waits for a continuation", "replay: lab1/"),
    .explored(schedules: 10))
  func `a deadlock`() async { await waitForEver() }

  @Test(.fails(telling: "left behind: waiter waits for"), .explored(schedules: 10))
  func `a task that is left behind`() async { Task(name: "waiter") { await waitForEver() } }

  @Test(.fails(telling: "Issue recorded: twice", "replay: lab1/"), .explored(schedules: 10))
  func `only the first issue is told`() async {
    Issue.record("twice")
    Issue.record("and again")
    await Task.yield()
    Issue.record("and later")
  }

  @Test(.fails(telling: "in a task of a task"), .explored(schedules: 10))
  func `what a task of the test finds is the test's`() async {
    await Task {
      await Task.yield()
      _ = await Task { Issue.record("in a task of a task") }.value
    }.value
  }

  // MARK: Replay

  @Test func `the replay string of an issue fails the same way`() async throws {
    let found = try #require(
      await explore(.explored(.random(schedules: 300, seed: 7)), loseAnUpdate).first)
    let lines = "\(found)".split(separator: "\n")
    let line = try #require(lines.first { $0.hasPrefix("replay: ") })
    let schedule = String(line.dropFirst("replay: ".count))

    let issues = try await explore(.replayed(schedule), loseAnUpdate)
    #expect(issues.count == 1)
    let again = "\(try #require(issues.first))"
    #expect(again.contains("replay: \(schedule)"))
    #expect(again.contains("in the schedule that is kept with the test"))
    #expect(again.split(separator: "\n").first == lines.first)
    #expect(again.contains("← deviation"))
  }

  @Test func `a schedule that is kept is followed by a hundred others`() async throws {
    let runs = Atomic(0)
    let issues = try await explore(.replayed("lab1/kept//9:9#0000")) {
      runs.add(1, ordering: .relaxed)
    }
    #expect(issues.isEmpty)
    // The one, the hundred, and one of those twice.
    #expect(runs.load(ordering: .relaxed) == 102)
  }

  @Test(
    .fails(telling: "\"lab0/x\" is no schedule: a schedule begins with \"lab1/\""),
    .replayed("lab0/x"))
  func `a text that is no schedule`() {}

  // MARK: Names

  @Test(arguments: [
    ("racy()", "racy"), ("with(_:and:)", "with"),
    ("`lab.L-11 a (rare) case`()", "lab.L-11-a-rare-case"),
    ("`two/three, #4`(_:)", "two-three-4"), ("`größer`()", "gr-er"), ("`λ`()", "test"),
    (String(repeating: "long", count: 30) + "()", String(repeating: "long", count: 15)),
  ]) func `a test's name is written in what a schedule may have`(_ name: String, _ expected: String)
  {
    #expect(PlanName.of(name, line: 42) == "\(expected).42")
  }

  @Test func `the plan of a test is named after it and its line`() throws {
    let test = try #require(Test.current)
    let plan = Plan.default.named(after: test)
    #expect(
      plan.name == "the-plan-of-a-test-is-named-after-it-and-its-line.\(test.sourceLocation.line)")
    #expect(!plan.sharesName)
  }

  @Test(arguments: [1, 2]) func `cases of a test share its name, and say so`(_: Int) throws {
    #expect(Plan.default.named(after: try #require(Test.current)).sharesName)
  }

  // MARK: -

  /// What a test with this body and the trait records.
  private func explore(
    _ trait: ExploredTrait, _ body: @escaping @concurrent @Sendable () async throws -> Void
  ) async throws -> [Issue] {
    let test = try #require(Test.current)
    return try await IssueLog.collect {
      try await trait.provideScope(for: test, testCase: Test.Case.current, performing: body)
    }
  }

  private func loseNoTime() async {
    let start = ContinuousClock.now
    await Task.yield()
    #expect(ContinuousClock.now == start)
  }

  private func waitForEver() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    continuation.finish()
  }
}

/// A plan for every test of a suite.
@Suite(.explored(.random(schedules: 10, seed: 3))) struct ExploredSuiteTests {
  @Test func `a test of an explored suite is explored`() async { #expect(Lab.current != nil) }
}

@Suite(.fails(telling: " of 33"), .explored(.random(schedules: 10, seed: 3)))
struct ExploredTwiceTests {
  @Test(.explored(.random(schedules: 33, seed: 3))) func `the innermost plan counts`() async {
    #expect(Lab.current == nil)
  }
}
