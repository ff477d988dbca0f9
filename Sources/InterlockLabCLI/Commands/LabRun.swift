internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockWire

/// `interlock lab run`: explores races.
enum LabRun: Command {
  private static let schedules = PlanOptions.schedules.defaulting(to: 10_000)
  private static let seed = PlanOptions.seed.defaulting(to: 0)
  private static let keepGoing = Option.flag(
    "--keep-going", "go on with the next scenario after a failure")
  private static let jobs = Option.integer(
    "--jobs", "N", 1...64, "processes, each with its own seeds"
  ).defaulting(to: 1)

  static let declaration = CommandDeclaration(
    path: ["lab", "run"], summary: "tries a race under many schedules until one fails",
    details: """
      It stops at the first schedule that fails, makes it small, and prints what happened with the string \
      that repeats it. A name may be cut to a suffix that only one scenario has.
      """,
    operands: [
      Operand(name: "NAME", meaning: "the scenarios, as lab list names them", repeats: true)
    ],
    options: [
      schedules.optional, seed.optional, PlanOptions.strategy.optional,
      PlanOptions.unguarded.optional, PlanOptions.variant.optional, jobs.optional,
      keepGoing.optional, ArgumentParser.json.optional,
    ],
    statuses: [.failed, .badInput],
    example: "lab run lock.thundering-herd --schedules 10000 --unguarded")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let isJSON = arguments.has(ArgumentParser.json)
    let strategy = try arguments[PlanOptions.strategy]
    let jobs = try arguments[jobs]
    guard jobs == 1 || strategy.hasSeed else {
      throw CommandFailure(
        .usage, "--jobs \(jobs) with a strategy that has no seeds",
        "leave --jobs out: an exhaustive search is one sequence")
    }
    var hasFailed = false
    for scenario in try PlanOptions.scenarios(arguments.operands) {
      let variant = try PlanOptions.variant(arguments, of: scenario)
      let plan = strategy.plan(
        schedules: try arguments[schedules], seed: try arguments[seed])
      let result =
        jobs == 1
        ? await explore(scenario, variant, plan, console, isQuiet: isJSON)
        : try await LabJobs.run(scenario, variant, arguments, plan: plan, jobs: jobs)
      if isJSON {
        try console.print(result.json.serialized())
      } else {
        for line in result.lines { try console.print(line) }
      }
      guard !result.outcome.isPassed else { continue }
      hasFailed = true
      guard arguments.has(keepGoing) else { break }
    }
    if hasFailed { throw SilentEnd(.failed) }
  }

  private static func explore(
    _ scenario: Scenario, _ variant: Scenario.Variant, _ plan: Plan, _ console: Console,
    isQuiet: Bool
  ) async -> RunReport {
    let start = ContinuousClock.now
    let shows = console.isTerminal && !isQuiet
    let report: InterlockLab.Report
    do {
      report = try await scenario.explore(variant, plan) { progress in
        guard shows else { return }
        console.writeError(
          "\r\(scenario.name): \(progress.schedules) schedules, \(progress.schedulesPerSecond) a second "
        )
      }
    } catch {
      report = error.report
    }
    if shows { console.writeError("\r\u{1B}[K") }
    return RunReport(
      scenario: scenario, variant: variant, schedules: report.schedules, steps: report.steps,
      elapsed: start.duration(to: .now), isComplete: report.isComplete, outcome: report.outcome,
      strategy: report.strategy, schedule: report.schedule, trace: report.trace)
  }
}
