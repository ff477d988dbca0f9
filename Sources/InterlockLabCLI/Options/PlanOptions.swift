internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios

/// The options that say which schedules are tried.
enum PlanOptions {
  static let schedules = Option.integer(
    "--schedules", "N", 1...1_000_000_000, "how many schedules are tried at most"
  )
  static let seed = Option<UInt64>(
    name: "--seed", placeholder: "S", meaning: "schedule i has the seed S + i"
  ) { text throws(OptionProblem) in
    guard let value = UInt64(text) else {
      throw OptionProblem(expected: "must be a whole number from 0 to \(UInt64.max)")
    }
    return value
  }
  static let strategy = Option.strategy.defaulting(to: .portfolio, shown: "portfolio")
  static let unguarded = Option.flag("--unguarded", "the form with the defect")
  static let faults = Option.faults

  /// The option for the form; `form` is meant when it is not given.
  static func variant(unlessSaid form: Scenario.Variant) -> Option<String> {
    .word(
      "--variant", Scenario.Variant.allCases.map(\.rawValue),
      "which form, \(form.rawValue) unless said")
  }

  /// Which form is meant.
  ///
  /// - Throws: `CommandFailure` when it is said twice, or the scenario has no such form.
  static func variant(
    _ arguments: Arguments, of scenario: Scenario, unlessSaid usual: Scenario.Variant
  ) throws -> Scenario.Variant {
    let word = try arguments[variant(unlessSaid: usual)]
    if arguments.has(unguarded), let word, word != Scenario.Variant.unguarded.rawValue {
      throw CommandFailure(.usage, "--unguarded and --variant \(word)", "give one of them")
    }
    let form =
      arguments.has(unguarded)
      ? .unguarded : word.flatMap(Scenario.Variant.init(rawValue:)) ?? usual
    guard scenario.variants.contains(form) else {
      let forms = scenario.variants.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure(
        .badInput, "\(scenario.name) has no form \(form.rawValue)", "it has \(forms)")
    }
    return form
  }

  /// The scenarios of these names; all for none.
  ///
  /// - Throws: `CommandFailure` for a name that is none, or not of one alone.
  static func scenarios(_ names: [String]) throws(CommandFailure) -> [Scenario] {
    guard !names.isEmpty else { return Scenario.all }
    var found: [Scenario] = []
    for name in names { found.append(try scenario(name)) }
    return found
  }

  /// The scenario of a name, or of a suffix that only one has.
  ///
  /// - Throws: `CommandFailure` for a name that is none, or not of one alone.
  static func scenario(_ name: String) throws(CommandFailure) -> Scenario {
    do throws(UnknownScenario) {
      return try Scenario.named(name)
    } catch {
      throw error.failure
    }
  }
}

extension UnknownScenario {
  /// The same, as a command tells it.
  var failure: CommandFailure {
    matches.isEmpty
      ? CommandFailure(
        .badInput, "there is no scenario \(name)",
        nearest.map { "did you mean \($0)?" } ?? "interlock lab list names them all")
      : CommandFailure(
        .badInput, "\(name) may be \(matches.joined(separator: " or "))", "give the whole name")
  }
}
