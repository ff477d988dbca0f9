internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockSystem
internal import InterlockWire

/// Explores with several processes, each with seeds of its own: threads would share the runtime's locks.
enum LabJobs {
  /// What a process told before it ended.
  private struct Part: Sendable {
    let schedules: Int
    let steps: Int
    let replay: String?
    let strategy: String?
  }

  /// Runs `jobs` processes of this program.
  ///
  /// - Throws: `CommandFailure` when one cannot be started or dies.
  /// - Returns: what they found together; the schedule of a failure was run again here.
  static func run(
    _ scenario: Scenario, _ variant: Scenario.Variant, _ arguments: Arguments, plan: Plan, jobs: Int
  ) async throws -> RunReport {
    let start = ContinuousClock.now
    let strategy = arguments.text(of: PlanOptions.strategy.option) ?? "portfolio"
    let pool = BlockingPool(width: jobs, capacity: jobs)
    let parts = try await withThrowingTaskGroup(of: Part.self) { group in
      let share = (plan.schedules + jobs - 1) / jobs
      for job in 0..<jobs {
        let first = plan.seed &+ UInt64(job * share)
        let count = min(share, plan.schedules - job * share)
        guard count > 0 else { break }
        group.addTask {
          try await part(
            [
              "run", scenario.name, "--variant", variant.rawValue, "--schedules", "\(count)",
              "--seed",
              "\(first)", "--strategy", strategy, "--json",
            ], on: pool)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    var result = RunReport(
      scenario: scenario, variant: variant,
      schedules: parts.reduce(0) { $0 + $1.schedules }, steps: parts.reduce(0) { $0 + $1.steps },
      elapsed: start.duration(to: .now))
    if let failed = parts.first(where: { $0.replay != nil }), let schedule = failed.replay {
      let replayed = try await scenario.replay(variant, schedule)
      result.outcome = replayed.outcome
      result.trace = replayed.trace
      result.schedule = schedule
      result.strategy = failed.strategy
    }
    return result
  }

  /// Runs one process to its end, and reads the line it printed.
  private static func part(_ words: [String], on pool: BlockingPool) async throws -> Part {
    guard let folder = ProcessEnvironment.folder else {
      throw CommandFailure(
        .failed, "where this program stands cannot be told", "run without --jobs")
    }
    let result = try await pool.run {
      try ChildProcess.run("\(folder)/interlock-lab", arguments: words)
    }
    guard result.status == 0 || result.status == 1,
      let object = try? JSONValue(parsing: result.output).object,
      let schedules = object["schedules"]?.number?.exactly(Int.self),
      let steps = object["steps"]?.number?.exactly(Int.self)
    else {
      throw CommandFailure(
        .failed, "a process of --jobs ended with status \(result.status)",
        "what it said stands above; without --jobs there is but one")
    }
    return Part(
      schedules: schedules, steps: steps, replay: object["replay"]?.string,
      strategy: object["strategy"]?.string)
  }
}
