internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockSystem
internal import Synchronization

/// One form of one scenario, and the schedules to try.
struct Exploration: Sendable {
  let scenario: Scenario
  let variant: Scenario.Variant
  let strategy: StrategyOption
  let schedules: Int
  let seed: UInt64
  /// Faults besides those the scenario plans.
  let faults: Set<FaultWord>
  /// Whether failures are counted, instead of stopping at the first.
  let keepsGoing: Bool

  private static let isolated = 1000

  private var plan: Plan {
    faults.applied(to: strategy.plan(schedules: schedules, seed: seed))
  }

  /// Whether a schedule that fails ends the process that runs it.
  var isDeadly: Bool { scenario.endsProcess(variant) }

  /// Explores in this process.
  func here(_ teller: ProgressTeller) async -> RunReport {
    let start = ContinuousClock.now
    var report = RunReport(scenario: scenario, variant: variant)
    do {
      report.take(
        isDeadly
          ? try await tellingEachRun(teller)
          : try await scenario.explore(variant, plan) { teller.tell($0) })
    } catch {
      report.take(error.report)
      // That the exploration went wrong is nothing to count.
      if keepsGoing, error.report.outcome.isOfTheBody {
        report.take(await scenario.measure(variant, plan) { teller.tell($0) })
      }
    }
    report.elapsed = start.duration(to: .now)
    return report
  }

  /// Explores what may end this process: how far it came can only be told before.
  private func tellingEachRun(
    _ teller: ProgressTeller
  ) async throws(LabFailure) -> InterlockLab.Report {
    var plan = plan
    // Each run is a schedule of its own.
    plan.checkDeterminism = false
    let runs = Atomic(0)
    return try await scenario.explore(variant, plan) {
      teller.tell($0)
    } onRun: {
      teller.tell(begun: runs.add(1, ordering: .relaxed).newValue)
    }
  }

  /// Explores in processes of this program.
  ///
  /// - Parameters:
  ///   - jobs: How many at a time.
  ///   - eachOfThousand: Whether a process has few schedules, so that one that dies takes little with it.
  ///   - console: Where their complaints go.
  ///   - teller: Told how far they have come.
  /// - Throws: `CommandFailure` when one cannot be started, or ends without a result.
  /// - Returns: what they found together; the schedule of a failure was run again here.
  func inProcesses(
    _ jobs: Int, eachOfThousand: Bool, _ console: Console, _ teller: ProgressTeller
  ) async throws -> RunReport {
    let share = (schedules + jobs - 1) / jobs
    let start = ContinuousClock.now
    let board = try await board(
      jobs, size: eachOfThousand ? min(share, Self.isolated) : share, console
    ) { teller.tell(schedules: $0, steps: $1) }
    var report = RunReport(scenario: scenario, variant: variant)
    report.take(board)
    if let found = board.found, !found.isDeadly, let schedule = found.schedule {
      report.take(replayed: try await scenario.replay(variant, schedule))
    }
    report.elapsed = start.duration(to: .now)
    return report
  }

  /// What one process of this program finds: the way to look at a failure that ends it.
  ///
  /// Its complaints are not shown: that it ends is what was asked for.
  ///
  /// - Throws: `CommandFailure` when it cannot be started, or ends without a result.
  func inOneProcess() async throws -> PartBoard {
    let silent = Console(
      write: { _ in }, writeError: { _ in }, readLine: { nil }, isTerminal: false)
    return try await board(1, size: schedules, silent) { _, _ in }
  }

  private func board(
    _ jobs: Int, size: Int, _ console: Console, tell: @escaping @Sendable (Int, Int) -> Void
  ) async throws -> PartBoard {
    guard let program = ProcessEnvironment.program else {
      throw CommandFailure(
        .failed, "where this program stands cannot be told",
        "run with --in-process, and without --jobs and --isolate")
    }
    return try await PartRunner(
      scenario: scenario, variant: variant,
      parts: PartList(strategy, schedules: schedules, seed: seed, size: size), jobs: jobs,
      keepsGoing: keepsGoing, faults: faults
    ).run([program], console, tell: tell)
  }
}
