import InterlockLab
import Testing

/// Histories recorded in a lab.
@Suite struct LabHistoryTests {
  /// Two clients each try to set a variable from 0, and read it.
  private func body(
    _ make: @escaping @Sendable () -> any Variable
  ) -> @Sendable (Lab) async throws -> Void {
    { lab in
      let variable = make()
      let history = lab.history(CompareAndSetModel(initial: 0))
      await withTaskGroup(of: Void.self) { group in
        for client in 1...2 {
          group.addTask(name: "client \(client)") {
            await history.perform(.compareAndSet(0, client)) {
              await variable.compareAndSet(0, client) ? .written : .refused
            }
            await history.perform(.read) { .value(await variable.load()) }
          }
        }
      }
      lab.check(history)
    }
  }

  @Test func `a check that waits before it sets is caught, and replays`() async throws {
    let body = body { RacyVariable() }
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 1000), body)
    }
    let report = try #require(failure).report
    guard case .failed(let message) = report.outcome else {
      Issue.record("\(report.outcome)")
      return
    }
    #expect(message.hasPrefix("not linearizable: no order explains every result\n"))
    let replayed = try await Lab.replay(try #require(report.schedule), body)
    #expect(replayed.outcome == report.outcome)
  }

  @Test func `a check that sets at once is linearizable in every schedule`() async throws {
    let report = try await Lab.explore(.exhaustive(preemptions: nil), body { SoundVariable() })
    #expect(report.isComplete)
    #expect(report.schedules > 100)
  }

  @Test func `times are steps of the run, as in its trace`() async throws {
    let failure = await #expect(throws: LabFailure.self) {
      try await Lab.explore(.random(schedules: 1)) { lab in
        let history = lab.history(RegisterModel(initial: 0))
        await Task.yield()
        await history.perform(.read) {
          await Task.yield()
          return .value(7)
        }
        lab.check(history)
      }
    }
    let report = try #require(failure).report
    #expect("\(report.outcome)".hasSuffix("cannot come next:\n  read → value(7)  [2...3]"))
    #expect(report.steps == 3)
  }

  @Test func `a reduced search tries both orders of what only a history tells apart`() async throws
  {
    // The write reaches the copy after it returned. Nothing else is shared by writer and reader.
    let body: @Sendable (Lab) async throws -> Void = { lab in
      let (original, copy) = (SoundVariable(), SoundVariable())
      let history = lab.history(RegisterModel(initial: 0))
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await history.perform(.write(1)) {
            await original.store(1)
            return .written
          }
        }
        group.addTask { await history.perform(.read) { .value(await copy.load()) } }
      }
      lab.check(history)
    }
    for reduction in [Plan.Reduction.none, .isolation] {
      await #expect(throws: LabFailure.self, "\(reduction)") {
        try await Lab.explore(.exhaustive(preemptions: nil, reduction: reduction), body)
      }
    }
  }
}

private protocol Variable: Actor {
  func load() -> Int
  func compareAndSet(_ expected: Int, _ new: Int) async -> Bool
}

/// Lets others in between its check and its change.
private actor RacyVariable: Variable {
  private var value = 0

  func load() -> Int { value }

  func compareAndSet(_ expected: Int, _ new: Int) async -> Bool {
    guard value == expected else { return false }
    await Task.yield()
    value = new
    return true
  }
}

private actor SoundVariable: Variable {
  private var value = 0

  func load() -> Int { value }

  func store(_ new: Int) { value = new }

  func compareAndSet(_ expected: Int, _ new: Int) -> Bool {
    guard value == expected else { return false }
    value = new
    return true
  }
}
