import Foundation
package import InterlockLab

/// How much the tests try: by default, in the long run that `INTERLOCK_FULL=1` asks for, and in the
/// short one of `INTERLOCK_SHORT=1`.
package enum Schedules {
  /// Whether the long run was asked for.
  package static let isFull = isSet("INTERLOCK_FULL")
  /// Whether the short run was asked for: under a sanitizer, which looks at threads, not schedules.
  private static let isShort = isSet("INTERLOCK_SHORT")

  /// So many; ten times as many in the long run, a tenth in the short one.
  package static func count(_ count: Int) -> Int {
    isFull ? count * 10 : isShort ? max(count / 10, 1) : count
  }

  private static func isSet(_ variable: String) -> Bool {
    ProcessInfo.processInfo.environment[variable] == "1"
  }
}

extension Plan {
  /// So many schedules, by the methods of the default plan; more in the long run, fewer in the short one.
  package static func many(_ count: Int = 1000, faults: FaultPlan = .none) -> Plan {
    var plan = Plan.portfolio(schedules: Schedules.count(count))
    plan.faults = faults
    return plan
  }

  /// One schedule for a test of long hours, which takes more steps than a test of races may.
  package static var oneLong: Plan {
    var plan = Plan.random(schedules: 1)
    plan.steps = 20_000_000
    return plan
  }
}

/// One of so many ways the schedule under exploration goes on; the first one outside every exploration.
package func choose(_ count: Int) -> Int { Lab.current?.choose(count) ?? 0 }
