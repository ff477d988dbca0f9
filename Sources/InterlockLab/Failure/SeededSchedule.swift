/// A schedule that is named by how it was chosen: `lab1/<name>/seed=<seed>/<strategy>`.
///
/// The strategy is `random`, `pct:<depth>`, `uniform` or `pos`. Those that need to know the body's length learn it from
/// the default schedule. No faults are planned in it.
struct SeededSchedule: Sendable, Hashable {
  let name: String
  let seed: UInt64
  let method: Plan.Method

  /// - Throws: ``ScheduleError`` for one that cannot be.
  /// - Returns: nil when the text names its decisions.
  init?(parsing text: String) throws(ScheduleError) {
    let fields = text.split(separator: "/", omittingEmptySubsequences: false)
    guard fields.count > 2, fields[0] == Schedule.version, fields[2].hasPrefix("seed=") else {
      return nil
    }
    guard fields.count == 4, !fields[1].isEmpty, let name = ScheduleName.decoded(fields[1]),
      let seed = UInt64(fields[2].dropFirst(5)),
      let method = Self.method(fields[3])
    else {
      throw ScheduleError(
        "with a seed it is \(Schedule.version)/<name>/seed=<number>/ and then random, pct:<depth>, uniform or pos",
        text)
    }
    (self.name, self.seed, self.method) = (name, seed, method)
  }

  private static func method(_ text: Substring) -> Plan.Method? {
    switch text {
    case "random": return .random
    case "uniform": return .uniform
    case "pos": return .partialOrder
    default:
      guard text.hasPrefix("pct:"), let depth = Int(text.dropFirst(4)),
        (1...Plan.deepest).contains(depth)
      else {
        return nil
      }
      return .pct(depth: depth)
    }
  }

  /// The plan whose first schedule with a seed this is.
  func plan(like plan: Plan) -> Plan {
    var plan = plan
    plan.method = method
    plan.faults = .none
    plan.schedules = 2
    // The default schedule comes first where there is one, and has no seed.
    plan.seed = method == .random || method == .partialOrder ? seed : seed &- 1
    return plan
  }
}
