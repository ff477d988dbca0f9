internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockSystem
internal import InterlockTestKit
internal import InterlockWire

/// Runs one round of a drill, and judges it.
struct DrillRunner: Sendable {
  /// So much later another may have asked and come first: between the note that it asks and its place in line a process
  /// may stand still for as long as a busy machine likes.
  private static let slack = Duration.seconds(2)

  let drill: Drill
  let setting: DrillSetting
  let isGuarded: Bool

  /// A round, on the calling thread.
  ///
  /// - Throws: `CommandFailure`, `SystemError`.
  /// - Returns: what is to be told, and whether all was well.
  func round() throws -> (report: Report, hasPassed: Bool) {
    let base = setting.directory ?? ProcessEnvironment.value("TMPDIR") ?? "/tmp"
    let folder = DrillFolder(path: "\(base)/drill-\(UInt64.random(in: 0 ... .max))")
    try Folder.make(folder.path)
    // What stays behind is told by the failure that kept it from going.
    defer { try? Folder.remove(folder.path) }
    var fleet = DrillFleet(setting, folder)
    var outcome = try (isGuarded ? drill.guarded : drill.unguarded)(&fleet)
    if isGuarded, outcome.checksRecord, fleet.log.count(.entered) > 0 {
      try fleet.run(DrillTask(.check))
      outcome.complaints += fleet.log.findings
    }
    outcome.complaints += fleet.failures
    let history = fleet.log.history
    if outcome.countsWrites {
      let lost = history.acceptedCount - (try folder.state().value)
      if lost > 0 {
        outcome.complaints.append("\(lost) of \(history.acceptedCount) additions were lost")
      }
    }
    let faults = history.faults(
      slack: isGuarded && outcome.keepsOrder ? Self.slack : nil)
    return report(outcome, history, faults)
  }

  private func report(
    _ outcome: DrillOutcome, _ history: LockHistory, _ faults: [LockFault]
  ) -> (Report, Bool) {
    // Their number tells more than the hundredth of them.
    let all = faults.map(\.description) + outcome.complaints
    let shown = Array(all.prefix(Self.mostShown))
    let overlaps = faults.count(where: \.isOverlap)
    let grants = history.grants.count
    var saw = ["\(grants) of \(history.turns.count) got in"]
    if let wait = history.longestWait { saw.append("the longest wait was \(wait.milliseconds) ms") }
    saw.append("\(history.acceptedCount) writes taken, \(history.refusedCount) refused")
    saw += outcome.saw
    var report = Report()
    report.add("drill", .string(drill.name))
    report.add("backend", .string(setting.title))
    report.add("guarded", .bool(isGuarded), isGuarded ? "yes" : "no, the legacy way")
    report.add("tried", .string(outcome.tried))
    report.add("saw", .array(saw.map { .string($0) }), saw.joined(separator: "; "))
    report.add("grants", .integer(grants))
    report.add(
      "two_inside", .integer(overlaps),
      overlaps == 0 ? "never" : "\(overlaps) times")
    report.add(
      "faults", .array(shown.map { .string($0) }),
      all.isEmpty ? "none" : shown.joined(separator: "; ") + (all.count > shown.count ? "; …" : ""))
    report.add("fault_count", .integer(all.count))
    report.add("passed", .bool(all.isEmpty), all.isEmpty ? "yes" : "no")
    return (report, all.isEmpty)
  }

  private static let mostShown = 10
}
