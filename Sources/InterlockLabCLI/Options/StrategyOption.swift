internal import InterlockCommandLine
internal import InterlockLab

/// How schedules are chosen, as it is written on the command line.
enum StrategyOption: Sendable, Hashable {
  case portfolio
  case mixed
  case random
  case pct(Int)
  case uniform
  case partialOrder
  case exhaustive(Int?)
  case reduced

  static let words =
    "portfolio, mixed, random, pct:D, uniform, pos, exhaustive, exhaustive:P or reduced"

  init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let number = parts.count == 2 ? Int(parts[1]) : nil
    switch (parts[0], parts.count, number) {
    case ("portfolio", 1, _): self = .portfolio
    case ("mixed", 1, _): self = .mixed
    case ("random", 1, _): self = .random
    case ("uniform", 1, _): self = .uniform
    case ("pos", 1, _): self = .partialOrder
    case ("reduced", 1, _): self = .reduced
    case ("exhaustive", 1, _): self = .exhaustive(nil)
    case ("exhaustive", 2, let bound?) where bound >= 0: self = .exhaustive(bound)
    case ("pct", 2, let depth?) where (1...64).contains(depth): self = .pct(depth)
    default: return nil
    }
  }

  func plan(schedules: Int, seed: UInt64) -> Plan {
    switch self {
    case .portfolio: .portfolio(schedules: schedules, seed: seed)
    case .mixed: .mixed(schedules: schedules, seed: seed)
    case .random: .random(schedules: schedules, seed: seed)
    case .pct(let depth): .pct(depth: depth, schedules: schedules, seed: seed)
    case .uniform: .uniform(schedules: schedules, seed: seed)
    case .partialOrder: .partialOrder(schedules: schedules, seed: seed)
    case .exhaustive(let bound): .exhaustive(preemptions: bound, limit: schedules)
    case .reduced:
      .exhaustive(preemptions: nil, limit: schedules, reduction: .isolation)
    }
  }

  /// Whether other seeds are other schedules.
  var hasSeed: Bool {
    switch self {
    case .exhaustive, .reduced: false
    default: true
    }
  }
}

extension StrategyOption: CustomStringConvertible {
  /// As it is written.
  var description: String {
    switch self {
    case .portfolio: "portfolio"
    case .mixed: "mixed"
    case .random: "random"
    case .pct(let depth): "pct:\(depth)"
    case .uniform: "uniform"
    case .partialOrder: "pos"
    case .exhaustive(let bound): bound.map { "exhaustive:\($0)" } ?? "exhaustive"
    case .reduced: "reduced"
    }
  }
}

extension Option where Value == StrategyOption {
  static let strategy = Option(
    name: "--strategy", placeholder: "S",
    meaning: "how schedules are chosen: \(StrategyOption.words)"
  ) { text throws(OptionProblem) in
    guard let value = StrategyOption(text) else {
      throw OptionProblem(expected: "must be \(StrategyOption.words)")
    }
    return value
  }
}
