internal import Interlock
internal import InterlockSystem
internal import InterlockTestKit

extension Drill {
  /// A legacy program in its lock, for as long as the drill takes.
  private static func startHolder(_ fleet: inout DrillFleet) throws -> Int {
    var task = DrillTask(.legacy)
    task.body = .seconds(240)
    let holder = try fleet.start(task)
    try fleet.wait(for: "the holder to have made the lock file") { $0.has(holder, .entered) }
    return holder
  }

  static let legacyKill: Script = { fleet in
    let holder = try startHolder(&fleet)
    fleet.kill(holder)
    var task = DrillTask(.legacy, count: fleet.setting.requests)
    task.pace = LegacyLockFile.pause
    try fleet.run(task)
    try fleet.waitForAll()
    let entered = fleet.log.count(.entered) - 1
    return DrillOutcome(
      tried:
        "the holder of a lock file was killed, and another asked \(fleet.setting.requests) times",
      complaints: entered > 0
        ? [] : ["nobody gets in any more until somebody deletes the lock file"])
  }

  static let legacyRemoval: Script = { fleet in
    let holder = try startHolder(&fleet)
    try FlagFile.remove(fleet.folder.legacyLock)
    let second = try startHolder(&fleet)
    fleet.kill(holder)
    fleet.kill(second)
    try fleet.waitForAll()
    return DrillOutcome(
      tried: "a stranger removed the lock file while its holder worked, and another came",
      countsWrites: false)
  }

  static let legacyBreak: Script = { fleet in
    let holder = try startHolder(&fleet)
    let second = try fleet.start(DrillTask(.legacyBreaker))
    try fleet.wait(for: "the second to be in") { $0.has(second, .entered) }
    fleet.kill(holder)
    try fleet.waitForAll()
    return DrillOutcome(
      tried:
        "the holder of a lock file took longer than another's patience, which removed the file and went in",
      countsWrites: false)
  }
}
