internal import Interlock
internal import InterlockTestKit

extension Drill {
  static let term = Duration.milliseconds(500)

  /// A holder that works for so long, nil for as long as it may, once it has the lock.
  static func startHolder(
    _ fleet: inout DrillFleet, for time: Duration? = nil, term: Duration = Drill.term,
    isRenewed: Bool = true
  ) throws -> Int {
    var task = DrillTask(.hold)
    task.time = time
    task.term = term
    task.isRenewed = isRenewed
    let holder = try fleet.start(task)
    try fleet.wait(for: "the holder to have the lock") { $0.has(holder, .accepted) }
    return holder
  }

  /// Others that ask once, and stand in line when this returns.
  static func startWaiters(_ fleet: inout DrillFleet, _ count: Int) throws -> [Int] {
    let waiters = try (0..<count).map { _ in try fleet.start(DrillTask(.contend)) }
    try fleet.run(DrillTask(.look, count: count))
    return waiters
  }

  /// How long after an instant the first got in.
  private static func handOver(_ fleet: borrowing DrillFleet, after instant: Instant) -> String {
    let next = fleet.log.history.grants.compactMap(\.entered).first { $0 > instant }
    return next.map { "the next had it \(instant.duration(to: $0).milliseconds) ms later" }
      ?? "nobody had it later"
  }

  /// Whether grants of the backend end by time, as a holder has found.
  static func endsByTime(_ fleet: borrowing DrillFleet) -> Bool {
    fleet.log.count(.proved) > 0
  }

  static let killedHolder: Script = { fleet in
    let holder = try startHolder(&fleet)
    let waiters = try startWaiters(&fleet, max(1, fleet.setting.processes - 1))
    let instant = fleet.kill(holder)
    try fleet.waitForAll()
    var outcome = DrillOutcome(
      tried: "the holder was killed while \(waiters.count) stood in line",
      saw: [handOver(fleet, after: instant)])
    let entered = waiters.count { fleet.log.has($0, .entered) }
    if entered != waiters.count {
      outcome.complaints.append("\(entered) of \(waiters.count) that waited got the lock")
    }
    return outcome
  }

  static let stoppedHolder: Script = { fleet in
    let holder = try startHolder(&fleet)
    let waiter = try startWaiters(&fleet, 1)[0]
    let byTime = endsByTime(fleet)
    try fleet.stopBetweenWrites(holder)
    var outcome = DrillOutcome(
      tried: "the holder stood still for longer than its term of \(term.milliseconds) ms",
      countsWrites: false)
    if byTime {
      try fleet.wait(for: "the next to be done while the holder stands still") {
        $0.statuses[waiter] != nil
      }
    } else {
      try fleet.listen(for: term * 2)
      let isIn = fleet.log.has(waiter, .entered)
      outcome.saw.append("grants here end with their process: the next waited while it stood still")
      if isIn { outcome.complaints.append("the next got in while the holder stood still") }
    }
    let writes = fleet.log.count(.accepted, of: holder)
    fleet.resume(holder)
    if !byTime {
      try fleet.wait(for: "the holder to go on") { $0.count(.accepted, of: holder) > writes }
      fleet.kill(holder)
    }
    try fleet.waitForAll()
    if byTime, !fleet.log.has(holder, .lost) {
      outcome.complaints.append("the holder did not notice that it had lost the lock")
    }
    return outcome
  }

  static let longWork: Script = { fleet in
    let renewed = try startHolder(&fleet, for: term * 6, term: term * 2)
    try fleet.start(DrillTask(.contend))
    try fleet.waitForAll()
    let forgetful = try startHolder(&fleet, for: term * 3, isRenewed: false)
    try fleet.start(DrillTask(.contend))
    try fleet.waitForAll()
    let byTime = endsByTime(fleet)
    var outcome = DrillOutcome(
      tried:
        "work of three terms, renewed (\(2 * term.milliseconds) ms) and then not (\(term.milliseconds) ms), "
        + "and another came each time",
      countsWrites: !byTime)
    if fleet.log.has(renewed, .lost) {
      outcome.complaints.append("the holder that renews lost the lock")
    }
    if byTime {
      if !fleet.log.has(forgetful, .lost) {
        outcome.complaints.append(
          "the holder that does not renew did not notice the end of its term")
      }
    } else {
      outcome.saw.append("grants here end with their process: no term ended")
    }
    return outcome
  }

  static let orphan: Script = { fleet in
    var task = DrillTask(.orphan)
    task.term = term
    try fleet.run(task)
    let instant = fleet.now
    try fleet.run(DrillTask(.clearOrphans))
    try fleet.run(DrillTask(.contend))
    let entered = fleet.log.count(.entered)
    return DrillOutcome(
      tried: "a process took the lock and ended without giving it back; orphans were cleared",
      saw: [handOver(fleet, after: instant)],
      complaints: entered == 2 ? [] : ["nobody got the lock after it"])
  }

  static let wrongTokens: Script = { fleet in
    let holder = try startHolder(&fleet)
    let waiter = try startWaiters(&fleet, 1)[0]
    try fleet.run(DrillTask(.corrupt))
    let writes = fleet.log.count(.accepted, of: holder)
    try fleet.wait(for: "the holder to work on") {
      $0.count(.accepted, of: holder) > writes || $0.has(holder, .lost) || $0.has(waiter, .entered)
    }
    let isHeld = !fleet.log.has(holder, .lost) && !fleet.log.has(waiter, .entered)
    fleet.kill(holder)
    try fleet.waitForAll()
    return DrillOutcome(
      tried: "a stranger released and forced the lock with wrong tokens while one stood in line",
      complaints: isHeld ? [] : ["the holder lost the lock by it"])
  }

  static let clear: Script = { fleet in
    let holder = try startHolder(&fleet)
    let waiters = try startWaiters(&fleet, max(1, fleet.setting.processes - 1))
    try fleet.run(DrillTask(.clear))
    try fleet.waitForAll()
    var outcome = DrillOutcome(
      tried:
        "the lock was cleared while its holder worked and \(waiters.count) stood in line; the holder went on",
      countsWrites: false)
    if !fleet.log.has(holder, .lost) {
      outcome.complaints.append("the holder was not told")
    }
    if !fleet.log.has(holder, .refused) {
      outcome.complaints.append("what the former holder wrote was never refused")
    }
    return outcome
  }
}
