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
      case .error: continue
      }
    }
  }

  /// Whether this visit of a site fails.
  func fails(at label: String) -> Bool {
    let visit = sites.visit(label)
    guard setup.faults.contains(.error(label: label, visit: visit)) else { return false }
    journal?.fault("\(label) fails")
    return true
  }
}
