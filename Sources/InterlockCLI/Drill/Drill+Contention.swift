internal import Interlock
internal import InterlockTestKit

extension Drill {
  static let herd: Script = { fleet in
    let (processes, requests) = (fleet.setting.processes, fleet.setting.requests)
    var task = DrillTask(.contend, count: requests)
    task.startsTogether = true
    for _ in 0..<processes { try fleet.start(task) }
    try fleet.begin()
    try fleet.waitForAll()
    var outcome = DrillOutcome(
      tried: "\(processes) processes at once, \(requests) requests each, bodies of 5 ms")
    let entered = fleet.log.count(.entered)
    if entered != processes * requests {
      outcome.complaints.append("\(entered) of \(processes * requests) requests got the lock")
    }
    return outcome
  }

  static let rapid: Script = { fleet in
    let requests = fleet.setting.requests
    var task = DrillTask(.contend, count: requests)
    task.body = .milliseconds(20)
    task.pace = .milliseconds(4)
    try fleet.run(task)
    var outcome = DrillOutcome(
      tried: "one process, \(requests) requests every 4 ms, bodies of 20 ms")
    let entered = fleet.log.count(.entered)
    if entered != requests {
      outcome.complaints.append("\(entered) of \(requests) requests got the lock")
    }
    return outcome
  }
}

extension Duration {
  /// For what is said of a drill.
  var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
