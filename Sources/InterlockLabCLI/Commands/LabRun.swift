internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockSystem
internal import InterlockWire

/// `interlock lab run`: explores races.
enum LabRun: Command {
  private static let schedules = PlanOptions.schedules.defaulting(to: 10_000)
  private static let seed = PlanOptions.seed.defaulting(to: 0)
  private static let variant = PlanOptions.variant(unlessSaid: .guarded)
  private static let keepGoing = Option.flag(
    "--keep-going", "count what fails instead of stopping there, and go on with the next scenario")
  private static let jobs = Option.integer(
    "--jobs", "N", 1...64, "processes at a time, each with its own seeds"
  ).defaulting(to: 1)
  private static let isolate = Option.flag(
    "--isolate", "a process for each thousand schedules: one that dies is a failure like others")
  private static let inProcess = Option.flag(
    "--in-process", "stay in this process, as for a debugger, though the race may end it")
  private static let progress = Option.flag(
    "--progress", "tell every second how far it is, though nobody watches a terminal")

  static let declaration = CommandDeclaration(
    path: ["lab", "run"], summary: "tries a race under many schedules until one fails",
    details: """
      It stops at the first schedule that fails, makes it small, and prints what happened with the string \
      that repeats it. A race that ends its process is explored in processes, as with --isolate. A name may be \
      cut to a suffix that only one scenario has.
      """,
    operands: [
      Operand(name: "NAME", meaning: "the scenarios, as lab list names them", repeats: true)
    ],
    options: [
      schedules.optional, seed.optional, PlanOptions.strategy.optional,
      PlanOptions.unguarded.optional, variant.optional, PlanOptions.faults.optional, jobs.optional,
      isolate.optional, inProcess.optional, keepGoing.optional, progress.optional,
      ArgumentParser.json.optional,
    ],
    statuses: [.failed, .badInput],
    example: "lab run lock.thundering-herd --schedules 10000 --unguarded")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    let isJSON = arguments.has(ArgumentParser.json)
    let (strategy, jobs) = (try arguments[PlanOptions.strategy], try arguments[jobs])
    guard jobs == 1 || strategy.hasSeed else {
      throw CommandFailure(
        .usage, "--jobs \(jobs) with a strategy that has no seeds",
        "leave --jobs out: an exhaustive search is one sequence")
    }
    guard !arguments.has(inProcess) || (jobs == 1 && !arguments.has(isolate)) else {
      throw CommandFailure(
        .usage, "--in-process with \(jobs > 1 ? "--jobs" : "--isolate")", "give one of them")
    }
    let scenarios = try PlanOptions.scenarios(arguments.operands)
    // All names and forms are looked at before the first one takes its time.
    let faults = try arguments[PlanOptions.faults] ?? []
    let explorations = try scenarios.map { scenario in
      Exploration(
        scenario: scenario,
        variant: try PlanOptions.variant(arguments, of: scenario, unlessSaid: .guarded),
        strategy: strategy, schedules: try arguments[schedules], seed: try arguments[seed],
        faults: faults.useful(in: scenario, console), keepsGoing: arguments.has(keepGoing))
    }
    var status = ExitStatus.done
    for exploration in explorations {
      let teller = ProgressTeller(
        exploration.scenario, console,
        isJSON: isJSON, isAsked: arguments.has(progress))
      let isIsolated =
        arguments.has(isolate) || (exploration.isDeadly && !arguments.has(inProcess))
      let report =
        jobs > 1 || isIsolated
        ? try await exploration.inProcesses(jobs, eachOfThousand: isIsolated, console, teller)
        : await exploration.here(teller)
      teller.end()
      if !report.isPassed { status = .failed }
      try console.print(isJSON ? [report.json.serialized()] : report.lines, unlessOver: status)
      guard status == .done || arguments.has(keepGoing) else { break }
    }
    if status != .done { throw SilentEnd(status) }
  }
}
