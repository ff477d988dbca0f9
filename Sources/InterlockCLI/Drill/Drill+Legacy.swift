internal import Interlock
internal import InterlockTestKit

extension Drill {
  /// Shorter than anybody works; whole seconds, which is all that the legacy key knows.
  private static let shortTerm = Duration.seconds(1)

  /// A legacy program in its lock, for as long as the drill takes.
  private static func startHolder(
    _ fleet: inout DrillFleet, term: Duration = .seconds(30)
  ) throws -> Int {
    var task = DrillTask(.legacy)
    task.body = .seconds(240)
    task.term = term
    let holder = try fleet.start(task)
    try fleet.wait(for: "the holder to have the legacy lock") { $0.has(holder, .entered) }
    return holder
  }

  static let legacyHerd: Script = { fleet in
    let (processes, requests) = (fleet.setting.processes, fleet.setting.requests)
    var task = DrillTask(.legacy, count: requests)
    task.body = .milliseconds(20)
    task.startsTogether = true
    for _ in 0..<processes { try fleet.start(task) }
    try fleet.begin()
    try fleet.waitForAll()
    return DrillOutcome(
      tried: "\(processes) processes at once, \(requests) requests each, by "
        + fleet.setting.legacyWay.manner,
      complaints: refusals(fleet, of: processes * requests))
  }

  static let legacyRapid: Script = { fleet in
    let requests = fleet.setting.requests
    var task = DrillTask(.legacy, count: requests)
    task.body = LegacyLockFile.gap * 4
    task.pace = LegacyLockFile.gap * 2
    try fleet.run(task)
    return DrillOutcome(
      tried: "one process, \(requests) requests every \((LegacyLockFile.gap * 2).milliseconds) ms, "
        + "bodies of \((LegacyLockFile.gap * 4).milliseconds) ms, by \(fleet.setting.legacyWay.manner)",
      complaints: refusals(fleet, of: requests))
  }

  private static func refusals(_ fleet: borrowing DrillFleet, of requests: Int) -> [String] {
    let refused = fleet.log.count(.failed)
    return refused == 0
      ? [] : ["\(refused) of \(requests) requests were refused: it never waits"]
  }

  static let legacyKill: Script = { fleet in
    let holder = try startHolder(&fleet)
    fleet.kill(holder)
    var task = DrillTask(.legacy, count: fleet.setting.requests)
    task.pace = LegacyProcess.pause
    try fleet.run(task)
    try fleet.waitForAll()
    let way = fleet.setting.legacyWay
    let obstacle =
      switch way {
      case .file: "until somebody deletes the lock file"
      case .redisKey: "before the key's 30 s are over, however long its holder has been gone"
      }
    return DrillOutcome(
      tried:
        "the holder of \(way.thing) was killed, and another asked \(fleet.setting.requests) times",
      complaints: fleet.log.count(.entered) > 1 ? [] : ["nobody gets in any more \(obstacle)"])
  }

  static let legacyRemoval: Script = { fleet in
    let holder = try startHolder(&fleet)
    try fleet.run(DrillTask(.legacyRemoval))
    let second = try startHolder(&fleet)
    fleet.kill(holder)
    fleet.kill(second)
    try fleet.waitForAll()
    return DrillOutcome(
      tried: "a stranger removed \(fleet.setting.legacyWay.thing) while its holder worked, "
        + "and another came",
      countsWrites: false)
  }

  static let legacyBreak: Script = { fleet in
    let holder = try startHolder(&fleet, term: shortTerm)
    let second = try fleet.start(DrillTask(.legacyBreaker))
    try fleet.wait(for: "the second to be in") { $0.has(second, .entered) }
    fleet.kill(holder)
    try fleet.waitForAll()
    let how =
      switch fleet.setting.legacyWay {
      case .file: "another's patience, which removed the lock file and went in"
      case .redisKey: "the key's term, and another went in"
      }
    return DrillOutcome(tried: "the holder took longer than \(how)", countsWrites: false)
  }

  static let legacyRestart: Script = { fleet in
    let holder = try startHolder(&fleet)
    try fleet.restartServer()
    try fleet.run(DrillTask(.legacy))
    fleet.kill(holder)
    try fleet.waitForAll()
    return DrillOutcome(
      tried: "the server was restarted while the holder of a key worked, and another came",
      countsWrites: false)
  }
}
