import InterlockLab
import Testing

/// What an exploration must not claim, and what a plan or a body may not be.
@Suite struct HonestyTests {
  private func failure(
    _ plan: Plan, _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async throws -> LabFailure {
    try #require(
      await #expect(throws: LabFailure.self) { try await Lab.explore(plan, body) })
  }

  @Test(arguments: 1...5)
  func `who yields a few times in a row may still be overtaken at each`(_ points: Int) async throws
  {
    for isPoint in [true, false] {
      let body: @Sendable (Lab) async throws -> Void = { lab in
        let isSet = Locked(false)
        let setter = Task { isSet.change { $0 = true } }
        for point in 0..<points {
          if isPoint { await lab.point("p\(point)") } else { await Task.yield() }
        }
        let seen = isSet.value
        await setter.value
        lab.check(!seen, "seen")
      }
      let found = try await failure(.exhaustive(preemptions: nil), body)
      #expect(found.report.outcome == .failed("seen"), "\(points)")
    }
  }

  @Test func `where a task that only yields was held back nothing is proven`() async throws {
    let report = try await Lab.explore(.exhaustive(preemptions: 0)) { _ in
      let isSet = Locked(false)
      let waiter = Task { while !isSet.value { await Task.yield() } }
      let setter = Task {
        for _ in 0..<20 { await Task.yield() }; isSet.change { $0 = true }
      }
      await waiter.value
      await setter.value
    }
    #expect(!report.isComplete)
  }

  @Test func `where random numbers were drawn nothing is proven`() async throws {
    let report = try await Lab.explore(.exhaustive(preemptions: nil)) { lab in
      var random = lab.random
      _ = Int.random(in: 0..<10, using: &random)
    }
    #expect(!report.isComplete)
  }

  @Test func `a reduction refuses what it cannot tell apart`() async throws {
    let plan = Plan.exhaustive(preemptions: nil, reduction: .isolation)
    let many = try await failure(plan) { lab in lab.check(lab.choose(200) != 150, "150") }
    #expect("\(many)".contains("outcomes of a choice"))
    var slipping = plan
    slipping.time = .slipping(oneIn: 2)
    let slips = try await failure(slipping) { _ in
      let sleeper = Task { try await Task.sleep(for: .seconds(1)) }
      let other = Task { for _ in 0..<3 { await Task.yield() } }
      try await sleeper.value
      await other.value
    }
    #expect("\(slips)".contains("does not know what time passes for"))
  }

  @Test func `a reduction tries every order of steps when an invariant looks on`() async throws {
    let found = try await failure(.exhaustive(preemptions: nil, reduction: .isolation)) { lab in
      let (left, right) = (Locked(0), Locked(0))
      lab.invariant("right is never ahead") { right.value <= left.value }
      let first = Task {
        await Task.yield()
        lab.touch(left)
        left.change { $0 += 1 }
      }
      let second = Task {
        await Task.yield()
        lab.touch(right)
        right.change { $0 += 1 }
      }
      await first.value
      await second.value
    }
    #expect(found.report.outcome == .failed("right is never ahead does not hold"))
  }

  @Test func `tasks that end are told apart, run after run, when the order of their ends counts`()
    async throws
  {
    // Each task dies with its run: nothing may refer to its memory after.
    for _ in 0..<40 {
      let report = try await Lab.explore(
        .exhaustive(preemptions: nil, reduction: .isolationAndCompletion)
      ) { _ in
        let tasks = (0..<2).map { _ in Task { await Task.yield() } }
        async let third: Void = Task.yield()
        for task in tasks { await task.value }
        await third
      }
      #expect(report.isComplete)
    }
  }

  @Test func `a failure that the same steps do not repeat is no failure of the schedule`()
    async throws
  {
    let runs = Locked(0)
    let found = try await failure(.random(schedules: 10, seed: 0)) { lab in
      let run = runs.change { runs in
        runs += 1
        return runs
      }
      lab.check(run != 1, "first")
    }
    guard case .diverged(let reason) = found.report.outcome else {
      Issue.record("\(found)")
      return
    }
    #expect(reason.contains("ended otherwise the second time: first, then passed"))
  }

  @Test func `a plan's own limit of steps is part of the schedule`() async throws {
    var plan = Plan.random(schedules: 1, seed: 0)
    plan.steps = 500
    let body: @Sendable (Lab) async throws -> Void = { _ in
      while !Task.isCancelled { await Task.yield() }
    }
    let schedule = try #require(try await failure(plan, body).report.schedule)
    #expect(schedule.contains("/n=500"))
    let report = try await Lab.replay(schedule, body)
    #expect(report.outcome == .stepLimit(500))
  }

  @Test func `a note may note, and a promise may promise`() async throws {
    let found = try await failure(.random(schedules: 1, seed: 0)) { lab in
      @Sendable func helper() -> Int {
        lab.note("inner")
        return 1
      }
      lab.invariant("always") {
        lab.eventually("soon", within: .seconds(1)) { true }
        return true
      }
      await Task.yield()
      lab.note("outer \(helper())")
      lab.check(false, "end")
    }
    let trace = try #require(found.report.trace?.description)
    #expect(trace.contains("inner") && trace.contains("outer 1"))
  }

  @Test(arguments: [
    Duration.seconds(9_223_372_036) + .milliseconds(900), .seconds(Int64.max), .seconds(1 << 40),
  ])
  func `a sleep that is longer than can be counted does not end early`(_ time: Duration)
    async throws
  {
    try await Lab.explore(.random(schedules: 1, seed: 0)) { lab in
      let start = ContinuousClock.now
      try await Task.sleep(for: time)
      lab.check(start.duration(to: .now) > .seconds(4_000_000_000), "\(lab.elapsed)")
    }
  }

  @Test(arguments: [
    Plan.random(schedules: 0), .portfolio(schedules: -5), .exhaustive(preemptions: 0, limit: 0),
  ])
  func `a plan without schedules is refused`(_ plan: Plan) async throws {
    let found = try await failure(plan) { _ in }
    #expect("\(found)".contains("explores nothing"))
  }

  @Test func `an exploration inside another is refused`() async throws {
    let found = try await failure(.random(schedules: 1, seed: 0)) { _ in
      try await Lab.explore(.random(schedules: 1, seed: 0)) { _ in }
    }
    #expect("\(found)".contains("an exploration inside another"))
  }

  @Test func `a cancelled exploration ends, and does not pass`() async throws {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await Lab.explore(.random(schedules: 1_000_000_000, seed: 0)) { _ in await Task.yield() }
    }
    let result = await task.result
    #expect(throws: LabFailure.self) { try result.get() }
  }

  @Test func `a body that is called off may say so`() async throws {
    var plan = Plan.exhaustive(preemptions: 0)
    plan.faults = .cancelAnywhere
    try await Lab.explore(plan) { _ in try await Task.sleep(for: .seconds(1)) }
  }

  @Test func `numbers without measure are brought within it`() async throws {
    try await Lab.explore(.pct(depth: .max, schedules: 10, seed: 0)) { _ in await Task.yield() }
    var plan = Plan.random(schedules: 10, seed: 0)
    plan.faults = FaultPlan(cancellations: -1, crashes: -1, errors: -1, delays: -1)
    try await Lab.explore(plan) { lab in try await lab.fault("send") }
    let found = try await failure(.random(schedules: 1, seed: 0)) { lab in
      _ = lab.choose(3_000_000_000)
    }
    #expect("\(found)".contains("not tried one by one"))
  }

  @Test func `a reduction with sync points is refused, and not claimed`() async throws {
    var plan = Plan.exhaustive(preemptions: nil, reduction: .isolation)
    plan.syncPoints = true
    let found = try await failure(plan) { _ in Lab.syncPoint() }
    #expect("\(found)".contains("sync points: leave out one of the two"))
    #expect(await Lab.measure(plan) { _ in }.refusal != nil)
    #expect(await Lab.measure(.random(schedules: 0)) { _ in }.refusal != nil)
  }

  @Test func `what does not repeat is not counted as if it did`() async {
    let runs = Locked(0)
    let statistics = await Lab.measure(.exhaustive(preemptions: nil, limit: 200)) { _ in
      runs.change { $0 += 1 }
      let others = runs.value % 3
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<(2 + others) { group.addTask { await Task.yield() } }
      }
    }
    #expect(statistics.refusal != nil)
  }

  @Test func `a body that calls itself off has failed, unless it was called off`() async throws {
    let body: @Sendable (Lab) async throws -> Void = { _ in
      await Task.yield()
      throw CancellationError()
    }
    var plan = Plan.random(schedules: 1, seed: 1)
    plan.faults.always = [.cancel(step: 5000, task: 0)]
    #expect("\(try await failure(plan, body).report.outcome)".hasPrefix("the body threw"))
    plan.faults.always = [.cancel(step: 0, task: 0)]
    try await Lab.explore(plan, body)
  }
}
