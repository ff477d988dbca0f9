internal import InterlockCommandLine
internal import InterlockLab

/// What may go wrong besides what a scenario plans, as it is written on the command line.
enum FaultWord: String, Sendable, CaseIterable {
  /// A task is cancelled.
  case cancel
  /// A process dies.
  case crash
  /// A call fails where the scenario says that it may.
  case fail
  /// Time goes on though somebody is ready.
  case slip

  /// How often time slips, where a scenario does not say.
  static let slips = TimePolicy.slipping(oneIn: 8)
}

extension Set<FaultWord> {
  /// The plan with these faults; a scenario adds its own.
  func applied(to plan: Plan) -> Plan {
    var plan = plan
    plan.faults = FaultPlan(
      cancellations: contains(.cancel) ? 1 : 0, crashes: contains(.crash) ? 1 : 0,
      errors: contains(.fail) ? 1 : 0)
    if contains(.slip) { plan.time = FaultWord.slips }
    return plan
  }

  /// As the option reads it.
  var text: String { FaultWord.allCases.filter(contains).map(\.rawValue).joined(separator: ",") }
}

extension Option where Value == Set<FaultWord> {
  static let faults = Option(
    name: "--faults", placeholder: "LIST",
    meaning: "what may go wrong besides what the race plans: "
      + FaultWord.allCases.map(\.rawValue).joined(separator: ", ")
  ) { text throws(OptionProblem) in
    var words: Set<FaultWord> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let word = FaultWord(rawValue: String(part)) else {
        let all = FaultWord.allCases.map(\.rawValue).joined(separator: ", ")
        throw OptionProblem(expected: "must be some of \(all), with commas between them")
      }
      words.insert(word)
    }
    return words
  }
}
