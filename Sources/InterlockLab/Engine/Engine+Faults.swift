/// Planned faults.
extension Engine {
  /// Does what the plan says of the next step.
  func applyFaults() {
    for fault in setup.faults where fault.step == steps {
      switch fault {
      case .cancel(_, let task):
        guard task < Int32(truncatingIfNeeded: tasks.count) else { continue }
        let object = RuntimeObject(address: tasks[task].object)
        guard !object.isComplete else { continue }
        journal?.fault("\(tasks.label(task)) is cancelled")
        running = task
        object.cancel()
        running = -1
      case .crash(_, let process):
        guard let index = processes.firstIndex(where: { $0.name == process }) else { continue }
        crash(index)
      case .error, .delay: continue
      }
    }
  }

  /// What goes wrong in this visit of a site: how long it takes, and whether it then fails.
  func visit(_ label: String) -> (delay: Duration, fails: Bool) {
    let visit = sites.visit(label)
    var (delay, fails) = (0, false)
    for fault in setup.faults {
      switch fault {
      case .error(label, visit): fails = true
      case .delay(label, visit, let milliseconds):
        delay = min(Fault.longestDelay, delay + min(milliseconds, Fault.longestDelay))
      default: continue
      }
    }
    if delay > 0 { journal?.fault("\(label) takes \(Duration.milliseconds(delay).seconds)") }
    if fails { journal?.fault("\(label) fails") }
    return (.milliseconds(delay), fails)
  }
}
