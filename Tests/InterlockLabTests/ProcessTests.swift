import InterlockLab
import Testing

/// Simulated processes: what dies with them, and what does not (section E.2).
@Suite struct ProcessTests {
  @Test func `no cancellation handler of a crashed process runs`() async throws {
    var plan = Plan.random(schedules: 1, seed: 1)
    plan.faults.always = [.crash(step: 10, process: "node"), .cancel(step: 14, task: 1)]
    try await Lab.explore(plan) { lab in
      let process = lab.process("node") { _ in
        await withTaskCancellationHandler {
          try? await Task.sleep(for: .seconds(60))
        } onCancel: {
          Lab.fail("a handler of a crashed process ran")
        }
      }
      for _ in 0..<20 { await Task.yield() }
      lab.check(process.hasCrashed, "it did not crash")
    }
  }

  @Test func `a process can start itself anew`() async throws {
    try await Lab.explore(.random(schedules: 100, seed: 1)) { lab in
      let incarnations = Locked<[Int]>([])
      lab.process("node") { process in
        incarnations.change { $0.append(process.incarnation) }
        await Task.yield()
        guard process.incarnation < 3 else { return }
        process.restart()
        await Task.yield()
        Lab.fail("an incarnation went on after it was replaced")
      }
      try await Task.sleep(for: .seconds(1))
      lab.check(incarnations.value == [1, 2, 3], "\(incarnations.value)")
    }
  }

  @Test func `a process does not die with the one that started it, or started it anew`()
    async throws
  {
    try await Lab.explore(.random(schedules: 100, seed: 1)) { lab in
      let ticks = Locked(0)
      let worker: @Sendable (LabProcess) async throws -> Void = { _ in
        while !Task.isCancelled {
          ticks.change { $0 += 1 }
          try await Task.sleep(for: .seconds(1))
        }
      }
      let restarted = lab.process("restarted", worker)
      let supervisor = lab.process("supervisor") { _ in
        lab.process("started", worker)
        restarted.restart()
        try await Task.sleep(for: .seconds(3600))
      }
      try await Task.sleep(for: .milliseconds(500))
      supervisor.crash()
      let before = ticks.value
      try await Task.sleep(for: .seconds(10))
      lab.check(ticks.value == before + 20, "\(ticks.value - before) ticks of two workers")
      restarted.crash()
      try await Task.sleep(for: .seconds(10))
      lab.check(ticks.value == before + 30, "\(ticks.value - before) ticks of one worker")
      Lab.fail("the end")
    } expecting: {
      #expect($0.outcome == .failed("the end"))
    }
  }

  @Test func `two processes of one name are refused`() async throws {
    try await Lab.explore(.random(schedules: 1, seed: 1)) { lab in
      lab.process("node") { _ in }
      lab.process("node") { _ in }
    } expecting: {
      #expect("\($0.outcome)".hasPrefix("two processes are called node"))
    }
  }
}

extension Lab {
  /// Explores what is to fail: endless workers are not waited for.
  fileprivate static func explore(
    _ plan: Plan, _ body: @escaping @Sendable (Lab) async throws -> Void,
    expecting look: (Report) -> Void
  ) async throws {
    let failure = await #expect(throws: LabFailure.self) { try await explore(plan, body) }
    look(try #require(failure).report)
  }
}
