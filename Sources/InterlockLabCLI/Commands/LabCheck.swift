internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios
internal import InterlockWire

/// `interlock lab check`: every defect is found, and every guard holds.
enum LabCheck: Command {
  private static let schedules = PlanOptions.schedules.defaulting(to: 1000)
  private static let seeds = Option.integer(
    "--seeds", "N", 1...1000, "each defect is looked for with the seeds 1…N"
  ).defaulting(to: 5)

  static let declaration = CommandDeclaration(
    path: ["lab", "check"],
    summary: "checks that every defect is found in time and every guard holds",
    details: """
      A form with a defect must be found within the number of schedules that lab list --json tells, for each \
      seed; a guarded form must survive --schedules schedules.
      """,
    operands: [
      Operand(
        name: "NAME", meaning: "the scenarios; all when none is named", isOptional: true,
        repeats: true)
    ],
    options: [schedules.optional, seeds.optional, ArgumentParser.json.optional],
    statuses: [.failed, .badInput], example: "lab check")

  static func run(_ arguments: Arguments, _ console: Console) async throws {
    var misses = 0
    for scenario in try PlanOptions.scenarios(arguments.operands) {
      for variant in scenario.variants {
        let verdict = try await check(
          scenario, variant, schedules: try arguments[schedules], seeds: try arguments[seeds])
        if !verdict.isGood { misses += 1 }
        if arguments.has(ArgumentParser.json) {
          var object = JSONObject()
          object["scenario"] = .string(scenario.name)
          object["variant"] = .string(variant.rawValue)
          object["good"] = .bool(verdict.isGood)
          object["verdict"] = .string(verdict.text)
          try console.print(JSONValue.object(object).serialized())
        } else {
          try console.print(
            "\(verdict.isGood ? "ok  " : "MISS") \(scenario.name), \(variant.rawValue): \(verdict.text)"
          )
        }
      }
    }
    if misses > 0 {
      throw CommandFailure(
        .failed, "\(misses) of the forms are not as they should be", "see the lines marked MISS")
    }
  }

  private struct Verdict {
    let isGood: Bool
    let text: String
  }

  private static func check(
    _ scenario: Scenario, _ variant: Scenario.Variant, schedules: Int, seeds: Int
  ) async throws -> Verdict {
    guard variant.isDefective else {
      do {
        let report = try await scenario.explore(
          variant, .portfolio(schedules: schedules, seed: 1))
        return Verdict(isGood: true, text: "survives \(report.schedules) schedules")
      } catch {
        return Verdict(
          isGood: false,
          text: "\(error.report.outcome); replay \(error.report.schedule ?? "-")")
      }
    }
    var latest = 0
    for seed in 1...seeds {
      // Each seed is its own region of seeds.
      let first = UInt64(seed) * 1_000_000
      let search =
        scenario.endsProcess(variant)
        ? try await death(scenario, variant, seed: first)
        : await failure(scenario, variant, seed: first)
      switch search {
      case .found(let schedule): latest = max(latest, schedule)
      case .nothing:
        return Verdict(
          isGood: false, text: "not found in \(scenario.foundWithin) schedules with seed \(seed)")
      case .somethingElse(let text): return Verdict(isGood: false, text: text)
      }
    }
    return Verdict(
      isGood: true, text: "found by schedule \(latest) of \(scenario.foundWithin) at the latest")
  }

  /// What the schedules of one seed show of a defect.
  private enum Search {
    /// It was found, in this schedule.
    case found(Int)
    case nothing
    /// What went wrong is not the defect.
    case somethingElse(String)
  }

  private static func failure(
    _ scenario: Scenario, _ variant: Scenario.Variant, seed: UInt64
  ) async -> Search {
    do {
      try await scenario.explore(
        variant, .portfolio(schedules: scenario.foundWithin, seed: seed))
      return .nothing
    } catch {
      // That the exploration went wrong is no defect found.
      guard error.report.outcome.isOfTheBody else {
        return .somethingElse("\(error.report.outcome)")
      }
      return .found(error.report.schedules)
    }
  }

  /// The same for a defect that ends the process it is found in.
  private static func death(
    _ scenario: Scenario, _ variant: Scenario.Variant, seed: UInt64
  ) async throws -> Search {
    let board = try await Exploration(
      scenario: scenario, variant: variant, strategy: .portfolio, schedules: scenario.foundWithin,
      seed: seed, faults: [], keepsGoing: false
    ).inOneProcess()
    guard let found = board.found else { return .nothing }
    return found.isDeadly ? .found(board.schedules) : .somethingElse(found.outcome)
  }
}
