/// What a body has that a planned fault can hit.
package struct FaultPlaces: Sendable, Hashable {
  /// The names of its processes, which a crash ends.
  package let processes: [String]
  /// What its calls of ``Lab/fault(_:)`` are called, which may throw or take long.
  package let calls: [String]
}

extension Lab {
  /// Where faults can hit, as far as the default schedule shows it.
  ///
  /// - Parameter body: What is looked at; it is run once.
  /// - Returns: the places; nil when the lab cannot explore here.
  package static func faultPlaces(
    of body: @escaping @Sendable (Lab) async throws -> Void
  ) -> FaultPlaces? {
    let explorer = Explorer(.random(schedules: 1), file: #fileID, body)
    let schedule = Schedule(name: Plan.nameOfNone, build: "", deviations: [])
    guard explorer.replay(schedule, strictly: false).schedules > 0 else { return nil }
    return FaultPlaces(
      processes: explorer.engine.processes.map(\.name),
      calls: explorer.engine.sites.visits.map(\.label))
  }
}
