/// Planned faults.
extension Engine {
  /// The first planned fault that there was no occasion for, as a reader is told of it; nil when all happened.
  var missedFault: String? {
    guard let place = metFaults.firstIndex(of: false) else { return nil }
    return switch setup.faults[place] {
    case .cancel(let step, let task):
      "task \(task) was not there to be cancelled before step \(step + 1): there were \(tasks.count) tasks, from 0, and \(steps) steps"
    case .crash(let step, let process):
      "process \(process) was not there to crash before step \(step + 1): there were \(steps) steps, and \(processNames)"
    case .error(let label, let visit), .delay(let label, let visit, _):
      "visit \(visit) of \(label) never came: there were \(sites.count(of: label))"
    }
  }

  private var processNames: String {
    guard !processes.isEmpty else { return "no processes" }
    return "the processes \(processes.map(\.name).joined(separator: ", "))"
  }

  /// Does what the plan says of the next step.
  func applyFaults() {
    for (place, fault) in setup.faults.enumerated()
    where fault.step == steps && !metFaults[place] {
      switch fault {
      case .cancel(_, let task):
        guard task < Int32(truncatingIfNeeded: tasks.count) else { continue }
        let object = RuntimeObject(address: tasks[task].object)
        // Nothing of a crashed process runs, so no handler of its either.
        guard !object.isComplete, !tasks[task].isFrozen else { continue }
        metFaults[place] = true
        journal?.fault("\(tasks.label(task)) is cancelled")
        running = task
        object.cancel()
        running = -1
      case .crash(_, let process):
        guard let index = processes.firstIndex(where: { $0.name == process }) else { continue }
        if crash(index) { metFaults[place] = true }
      case .error, .delay: continue
      }
    }
  }

  /// What goes wrong in this visit of a site: how long it takes, and whether it then fails.
  func visit(_ label: String) -> (delay: Duration, fails: Bool) {
    let visit = sites.visit(label)
    var (delay, fails) = (0, false)
    for (place, fault) in setup.faults.enumerated() {
      switch fault {
      case .error(label, visit): fails = true
      case .delay(label, visit, let milliseconds):
        delay = min(Fault.longestDelay, delay + min(milliseconds, Fault.longestDelay))
      default: continue
      }
      metFaults[place] = true
    }
    if delay > 0 { journal?.fault("\(label) takes \(Duration.milliseconds(delay).seconds)") }
    if fails { journal?.fault("\(label) fails") }
    return (.milliseconds(delay), fails)
  }
}
