internal import Foundation
internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
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
    let parts = try await withThrowingTaskGroup(of: Part.self) { group in
      let share = (plan.schedules + jobs - 1) / jobs
      for job in 0..<jobs {
        let first = plan.seed &+ UInt64(job * share)
        let count = min(share, plan.schedules - job * share)
        guard count > 0 else { break }
        group.addTask {
          try await part([
            "run", scenario.name, "--variant", variant.rawValue, "--schedules", "\(count)",
            "--seed",
            "\(first)", "--strategy", strategy, "--json",
          ])
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
  private static func part(_ words: [String]) async throws -> Part {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = words
    let output = Pipe()
    process.standardOutput = output
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    // One line, which a pipe holds whole.
    let line = output.fileHandleForReading.availableData
    guard status == 0 || status == 1,
      let object = try? JSONValue(parsing: Array(line)).object,
      let schedules = object["schedules"]?.number?.exactly(Int.self),
      let steps = object["steps"]?.number?.exactly(Int.self)
    else {
      throw CommandFailure(
        .failed, "a process of --jobs ended with status \(status)",
        "run without --jobs to see what it says")
    }
    return Part(
      schedules: schedules, steps: steps, replay: object["replay"]?.string,
      strategy: object["strategy"]?.string)
  }
}
