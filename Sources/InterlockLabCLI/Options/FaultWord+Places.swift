internal import InterlockCommandLine
internal import InterlockLab
internal import InterlockScenarios

extension Set<FaultWord> {
  /// Those that find something to do in a scenario; of the others a person is told.
  ///
  /// They are left out, so that the processes of an exploration do not tell it again.
  func useful(in scenario: Scenario, _ console: Console) -> Set<FaultWord> {
    guard contains(.crash) || contains(.fail), let places = scenario.faultPlaces else {
      return self
    }
    var useful = self
    if places.processes.isEmpty, useful.remove(.crash) != nil {
      console.warn(
        "no process in \(scenario.name) for --faults crash to end", "it is explored without")
    }
    if places.calls.isEmpty, useful.remove(.fail) != nil {
      console.warn(
        "no call in \(scenario.name) that --faults fail could let fail", "it is explored without")
    }
    return useful
  }
}
