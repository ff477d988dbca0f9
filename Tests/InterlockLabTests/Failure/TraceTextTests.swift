import Testing

@testable import InterlockLab

@Suite struct TraceTextTests {
  @Test func `each step has its line, with what was said beside it`() {
    #expect(
      Trace.sample.text(isFolded: true) == """
        step  time   task                where       ready  note
           1  0 s    main                            1      | begins
         2-3  0 s    a<b>&"c"                        2
           4  0 s    T2 (child of main)  on Cache#1  3      ← deviation: main was next
                                                            | reads nil
                                                            | in vain
           5  0 s    a<b>&"c"            on Cache#1  1      inside step 4
                                                            ↯ node crashes
                                                            ← deviation: choice 1 of 0…1
              1.2 s  — time —                               ← deviation: somebody was ready
           6  1.2 s  main                            1      ✗ loaded 2 times
                                                            (and late)
        """)
  }

  @Test func `unfolded, each step has a line of its own`() {
    let lines = Trace.sample.text(isFolded: false).split(separator: "\n")
    let numbers = lines.compactMap { Int($0.prefix(4).drop { $0 == " " }) }
    #expect(numbers == [1, 2, 3, 4, 5, 6])
  }

  @Test func `each task has a column, and what a step said stands under it`() {
    #expect(
      Trace.sample.columns() == """
        step  main    a<b>&"c"   T2 (child of main)
           1  • runs
                | begins
           2  ·       • runs
           3  ·       • runs
           4  ·       ·          ▶ Cache#1
              ·       ·            ← deviation: main was next
              ·       ·            | reads nil
              ·       ·            | in vain
           5  ·       ↳ Cache#1
              ·         inside step 4
                ↯ node crashes
                ← deviation: choice 1 of 0…1
              — 1.2 s —
                ← deviation: somebody was ready
           6  • runs
                ✗ loaded 2 times
                (and late)
        """)
  }

  @Test(arguments: [40, 60, 80, 200]) func `columns fit the width they are given`(_ width: Int) {
    let lines = Trace.turns(30, of: 5).columns(width: width).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= max(width, 46) }, "\(lines)")
    #expect(lines.count == 31)
  }

  @Test func `what is said before the first step is told`() {
    let trace = Trace(events: [.failure("there is nothing to run")])
    #expect(trace.text(isFolded: true).hasSuffix("✗ there is nothing to run"))
    #expect(trace.columns().hasSuffix("✗ there is nothing to run"))
  }
}

/// The marks of a trace are those of its replay string.
@Suite struct TraceMarkTests {
  @Test(arguments: [0, 1, 2, 3, 4, 5])
  func `every deviation of the string is marked once in the trace`(_ seed: UInt64) async throws {
    var plan = Plan.random(schedules: 1000, seed: seed)
    plan.time = .slipping(oneIn: 2)
    plan.syncPoints = true
    let failure = try #require(
      await #expect(throws: LabFailure.self) {
        try await Lab.explore(plan) { try await Self.body($0) }
      })
    let text = try #require(failure.report.schedule)
    let marked = try #require(failure.report.trace).rows(isFolded: false).flatMap(\.remarks)
      .count { if case .deviation = $0 { true } else { false } }
    #expect(try Schedule(parsing: text).deviations.count == marked, "\(failure)")
    #expect(marked > 1)
  }

  /// Fails only when a choice, the order of two tasks, and time that slipped come together.
  private static func body(_ lab: Lab) async throws {
    let state = Locked<[String]>([])
    await withTaskGroup(of: Void.self) { group in
      for name in ["one", "two"] {
        group.addTask(name: name) {
          if name == "two", lab.choose(3) == 2 { state.change { $0.append("chosen") } }
          await Task.yield()
          state.change { $0.append(name) }
        }
      }
      group.addTask(name: "sleeper") {
        // A sleep that is cut short is as good here.
        try? await Task.sleep(for: .seconds(1))
        state.change { $0.append("late") }
      }
    }
    lab.check(state.value != ["chosen", "late", "two", "one"], "it came together")
  }

  @Test func `faults stand in the trace where they happen`() async throws {
    var plan = Plan.exhaustive(preemptions: 0)
    plan.faults = .cancelAnywhere
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(plan) { lab in
        lab.check(await Task(name: "work") { !Task.isCancelled }.value, "cancelled")
      }
    }
    #expect("\(try #require(failure))".contains("↯ work is cancelled\n"))
  }

  @Test func `a task without a name is told by its parent`() async throws {
    let report = try await Lab.replay("lab1/body//") { _ in
      await withTaskGroup(of: Void.self) { $0.addTask {} }
    }
    #expect(report.trace?.tasks.map(\.name) == ["main", "T1 (child of main)"])
  }
}
