import Glibc
import InterlockLab
import InterlockScenarios
import Synchronization
import TestSupport
import Testing

/// Every scenario in every form (lab.L-5, lab.L-6).
@Suite(.tags(.race)) struct ScenarioTests {
  /// The seeds of a claim about all seeds: fewer in the short run.
  private static let seeds: ClosedRange<UInt64> = Schedules.isFull ? 1...50 : 1...5
  /// Schedules that a guarded form has to survive.
  private static let survived = Schedules.isFull ? 100_000 : 300
  /// What a person can follow, and the most that shrinking may leave.
  private static let mostDeviations = 4
  /// What fits on two pages, with a store and its links, and is explored to the end.
  private static let mostSteps = 120

  /// The default plan, or as much of it as the promise needs.
  private static func plan(_ scenario: Scenario, _ seed: UInt64) -> Plan {
    .portfolio(schedules: max(Plan.default.schedules, scenario.foundWithin), seed: seed)
  }

  @Test(arguments: Scenario.all)
  func `lab.L-5 a defective form is found in time, and its replay is short and true`(
    _ scenario: Scenario
  ) async throws {
    for variant in scenario.variants
    where variant.isDefective && !scenario.endsProcess(variant) {
      for seed in Self.seeds {
        let failure = await #expect(throws: LabFailure.self, "\(variant), seed \(seed)") {
          try await scenario.explore(variant, Self.plan(scenario, seed))
        }
        let found = try #require(failure).report
        #expect(found.schedules <= scenario.foundWithin, "\(variant), seed \(seed)")
        let schedule = try #require(found.schedule)
        let again = try await scenario.replay(variant, schedule)
        #expect(again.outcome == found.outcome, "\(schedule)")
        #expect(again.deviationsFound <= Self.mostDeviations, "\(schedule)")
      }
    }
  }

  @Test(arguments: Scenario.all.filter(\.endsProcess))
  func `lab.L-5 a defect that ends its process is found in time, and its replay is short and true`(
    _ scenario: Scenario
  ) async throws {
    for variant in scenario.variants where variant.isDefective {
      for seed in Self.seeds {
        let found = await #expect(
          processExitsWith: .failure, observing: [\.standardErrorContent], "seed \(seed)"
        ) { [name = scenario.scheduleName(variant) as String, seed = seed as UInt64] in
          let (scenario, variant) = try Scenario.of(scheduleName: name)
          var plan = Self.plan(scenario, seed)
          // Each run is a schedule of its own.
          plan.checkDeterminism = false
          let schedules = Atomic(0)
          try await scenario.explore(
            variant, plan,
            onRun: {
              let isLate = schedules.add(1, ordering: .relaxed).newValue > scenario.foundWithin
              if isLate { exit(EXIT_SUCCESS) }
            })
        }
        let schedule = try Self.lastWords(try #require(found).standardErrorContent)
        let again = await #expect(
          processExitsWith: .failure, observing: [\.standardErrorContent], "\(schedule)"
        ) { [schedule = schedule as String, name = scenario.scheduleName(variant) as String] in
          let (scenario, variant) = try Scenario.of(scheduleName: name)
          _ = try await scenario.replay(variant, schedule)
        }
        let repeated = try Self.lastWords(try #require(again).standardErrorContent)
        #expect(repeated == schedule)
      }
    }
  }

  /// The replay string that a dying process leaves behind.
  private static func lastWords(_ errors: [UInt8]) throws -> String {
    let text = String(decoding: errors, as: UTF8.self)
    let note = try #require(
      text.firstMatch(of: /lab: the process died .* Replay: (\S+)/), "\(text)")
    return String(note.1)
  }

  @Test(arguments: Scenario.all)
  func `lab.L-5 a guarded form survives`(_ scenario: Scenario) async throws {
    let half = Self.survived / 2
    try await scenario.explore(.guarded, .random(schedules: half))
    try await scenario.explore(.guarded, .pct(depth: 3, schedules: Self.survived - half))
  }

  @Test(arguments: Scenario.all)
  func `a scenario asks one question and is small`(_ scenario: Scenario) async throws {
    #expect(scenario.question.hasSuffix("?"))
    #expect(scenario.question.count { $0 == "?" } == 1)
    #expect(scenario.variants.first == .unguarded && scenario.variants.last == .guarded)
    #expect(!scenario.parameters.isEmpty)
    #expect(scenario.foundWithin >= 10)
    let report = try await scenario.explore(.guarded, .random(schedules: 1))
    #expect(report.steps <= Self.mostSteps)
  }

  @Test(arguments: Scenario.all)
  func `lab.L-5 a guarded form survives every order with few preemptions`(
    _ scenario: Scenario
  ) async throws {
    let walk: Plan =
      Schedules.isFull
      ? .exhaustive(preemptions: 2, limit: 1_000_000) : .exhaustive(preemptions: 1, limit: 200)
    try await scenario.explore(.guarded, walk)
  }
}
