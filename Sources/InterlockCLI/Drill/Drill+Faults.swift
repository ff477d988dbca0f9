internal import Interlock
internal import InterlockTestKit

extension Drill {
  /// Processes that compete are killed and held up at random, and others come in the place of those that were killed.
  ///
  /// Some stand still for longer than their term, some not; they do so while they wait, hold, write or let go.
  static let randomFaults: Script = { fleet in
    let (processes, requests) = (fleet.setting.processes, fleet.setting.requests)
    var task = DrillTask(.contend, count: requests)
    task.term = term
    var running = try (0..<processes).map { _ in try fleet.start(task) }
    try fleet.wait(for: "the first to be in") { $0.count(.entered) > 0 }
    var (killed, stopped) = (0, 0)
    for _ in 0..<(2 * requests) {
      try fleet.listen(for: .milliseconds(Int.random(in: 0...20)))
      let place = Int.random(in: running.indices)
      if Bool.random() {
        fleet.kill(running[place])
        running[place] = try fleet.start(task)
        killed += 1
      } else {
        fleet.stop(running[place])
        try fleet.listen(for: .milliseconds(Int.random(in: 0...750)))
        fleet.resume(running[place])
        stopped += 1
      }
    }
    try fleet.waitForAll()
    var outcome = DrillOutcome(
      tried: "\(processes) processes, \(requests) requests each, \(killed) killed and \(stopped) "
        + "stopped at random and let go on",
      // One that was stopped between reading and writing is robbed of the lock by its term.
      countsWrites: !endsByTime(fleet),
      // Whoever was killed in line stays there until a server takes its client for gone.
      checksRecord: !endsByTime(fleet))
    let served = fleet.log.history.turns.filter { $0.entered != nil || $0.lost != nil }
    for worker in running where served.count(where: { $0.process == worker }) < requests {
      outcome.complaints.append("process \(worker) was not given all that it asked for")
    }
    return outcome
  }
}
