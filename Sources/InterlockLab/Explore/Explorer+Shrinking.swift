internal import CInterlockLab

/// Making a failing schedule small.
extension Explorer {
  private static let schedulesOfLastSearch = 500
  private static let schedulesOfEachParameter = 200
  /// Nanoseconds of real time after which what has been found is small enough.
  private static let patience: Int64 = 5_000_000_000

  /// The smallest schedule found that ends as `schedule` does.
  func smallest(_ schedule: Schedule, like outcome: Likeness) -> Schedule {
    let end = interlock_lab_real_time() + Self.patience
    let shrink = { [self] (schedule: Schedule) in
      var shrinker = Shrinker { candidate in
        interlock_lab_real_time() < end && self.ends(candidate, like: outcome)
      }
      return shrinker.shrink(schedule)
    }
    var small = shrink(schedule)
    if let other = withFewerDeviations(small, like: outcome, before: end) { small = other }
    for parameter in parameters(of: small) {
      for value in parameter.least..<max(parameter.least, parameter.value) {
        guard interlock_lab_real_time() < end else { return small }
        var candidate = small
        candidate.parameters.removeAll { $0.name == parameter.name }
        candidate.parameters.append(Parameter(name: parameter.name, value: value))
        guard let found = anySchedule(of: candidate, like: outcome, before: end) else { continue }
        small = shrink(found)
        break
      }
    }
    return small
  }

  private func ends(_ schedule: Schedule, like outcome: Likeness) -> Bool {
    let found = run(DeviatingOrder(schedule.deviations), setup(of: schedule))
    return Likeness(found, at: engine.failurePlace) == outcome
  }

  /// The numbers of the body that could be smaller.
  private func parameters(of schedule: Schedule) -> [Parameter] {
    _ = run(DeviatingOrder(schedule.deviations), setup(of: schedule))
    return engine.parameters
  }

  /// A schedule that taking out and moving deviations does not reach, if the first few hundred with fewer
  /// preemptions have one.
  private func withFewerDeviations(
    _ small: Schedule, like outcome: Likeness, before end: Int64
  ) -> Schedule? {
    guard small.deviations.count > 1 else { return nil }
    return search(
      small, like: outcome, preemptions: small.deviations.count - 1,
      limit: Self.schedulesOfLastSearch,
      before: end, fewerThan: small.deviations.count)
  }

  /// A schedule of a body whose numbers have changed, so that the same decisions are others.
  private func anySchedule(
    of candidate: Schedule, like outcome: Likeness, before end: Int64
  ) -> Schedule? {
    if ends(candidate, like: outcome) { return candidate }
    return search(
      candidate, like: outcome, preemptions: max(1, candidate.deviations.count),
      limit: Self.schedulesOfEachParameter, before: end, fewerThan: .max)
  }

  /// The one with the fewest deviations of the first few with so many preemptions.
  private func search(
    _ start: Schedule, like outcome: Likeness, preemptions: Int, limit: Int, before end: Int64,
    fewerThan count: Int
  ) -> Schedule? {
    var best: Schedule?
    var fewest = count
    let walk = ExhaustiveWalk(preemptions: preemptions)
    for _ in 0..<limit {
      let found = run(walk, setup(of: start))
      if Likeness(found, at: engine.failurePlace) == outcome, engine.deviations.count < fewest {
        fewest = engine.deviations.count
        best = start
        best?.deviations = engine.deviations.all
      }
      guard fewest > 1, interlock_lab_real_time() < end, walk.advance() else { break }
    }
    return best
  }
}
