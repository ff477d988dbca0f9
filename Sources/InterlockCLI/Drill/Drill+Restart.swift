internal import Interlock
internal import InterlockTestKit

extension Drill {
  /// Longer than a restart takes, so that a server that forgets nothing costs nobody the lock.
  private static let restartTerm = Duration.milliseconds(1500)

  /// The server goes away and comes back under a holder and a line.
  ///
  /// What it may forget is its own promise, not ours: where it forgot, the holder has to notice, and the line to get on.
  static let restart: Script = { fleet in
    let holder = try startHolder(&fleet, term: restartTerm)
    let waiters = try startWaiters(&fleet, max(1, fleet.setting.processes - 1))
    let instant = try fleet.restartServer()
    let time = instant.duration(to: fleet.now)
    let proofs = fleet.log.count(.proved, of: holder)
    // The renewal that was under way may be told of late: the one after it counts.
    try fleet.wait(for: "the holder to know where it stands") {
      $0.has(holder, .lost) || $0.count(.proved, of: holder) > proofs + 1
    }
    let wasLost = fleet.log.has(holder, .lost)
    if wasLost {
      // It may have been forgotten from then on; a holder that kept the lock is judged as any other.
      fleet.noteRevocation(at: instant)
    } else {
      fleet.kill(holder)
    }
    try fleet.waitForAll()
    var outcome = DrillOutcome(
      tried: "the server was restarted while a holder worked and \(waiters.count) stood in line",
      saw: [
        "the restart took \(time.milliseconds) ms",
        wasLost
          ? "the server forgot the grant, and its holder noticed" : "the holder kept the lock",
      ],
      countsWrites: !wasLost,
      // Whoever finds the way back first is first, where the line was forgotten or cannot be reached yet.
      keepsOrder: false)
    let entered = waiters.count { fleet.log.has($0, .entered) }
    if entered != waiters.count {
      outcome.complaints.append("\(entered) of \(waiters.count) that waited got the lock")
    }
    return outcome
  }
}
