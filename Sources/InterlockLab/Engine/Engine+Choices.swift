/// Choices, and the record of those that were not the default.
extension Engine {
  private static let mostOutcomes = 1 << 16

  /// The index in `jobs` of the one to run.
  func pick(_ jobs: [ReadyJob], last: Int32) -> Int {
    guard jobs.count > 1 else {
      return strategy.isReduction ? strategy.pick(jobs, last: last) : 0
    }
    let index = strategy.pick(jobs, last: last)
    picks += 1
    let usual = DefaultOrder.index(in: jobs, last: last)
    if index != usual { journal?.deviates(from: tasks.label(jobs[usual].task)) }
    decided(jobs[index].task, isDefault: index == usual)
    return index
  }

  /// One of `count` outcomes, explored like an order of steps; 0 is the default.
  func choose(_ count: Int) -> Int {
    guard count > 1, isCurrent, failure == nil else { return 0 }
    guard count <= Self.mostOutcomes else {
      fail(
        .failed(
          "a choice of \(count) outcomes: more than \(Self.mostOutcomes) are not tried one by one"))
      return 0
    }
    let choice = strategy.choose(count)
    decided(Int32(truncatingIfNeeded: choice), isDefault: choice == 0)
    if choice != 0 { journal?.chose(choice, of: count) }
    traceHash.mix(UInt64(choice) | 1 << 41)
    return choice
  }

  /// Whether something happens that happens once in `odds` times.
  func happens(oneIn odds: Int) -> Bool {
    guard odds > 0 else { return false }
    let isHappening = strategy.happens(oneIn: odds)
    decided(isHappening ? 1 : 0, isDefault: !isHappening)
    return isHappening
  }

  private func decided(_ choice: Int32, isDefault: Bool) {
    if !isDefault {
      deviations.append(Deviation(decision: decisions, choice: choice))
    }
    decisions += 1
  }

  /// A task that has done nothing but yield, many times, lets others go first: otherwise a loop that waits by
  /// yielding would never end under a strategy that prefers it.
  func isSpinning(_ job: ReadyJob) -> Bool {
    job.mode == .yield && tasks.isSpinning(job.task)
  }

  /// The index in `ready` of what runs next.
  func pickNext() -> Int {
    if fingerprint != nil, ready.count > 1, let state = state { strategy.reaches(state) }
    if tasks.spinning > 0, ready.count > 1, ready.allSatisfy(isSpinning) {
      // Whoever they wait for may be one of them: only the one that ran last lets the others go first.
      tasks.forgiveSpinning(except: last)
    }
    let holdsBack =
      tasks.spinning > 0 && ready.contains(where: isSpinning) && !ready.allSatisfy(isSpinning)
    guard holdsBack || setup.fifoActors else { return pick(ready, last: last) }
    menu.removeAll(keepingCapacity: true)
    for job in ready where !(holdsBack && isSpinning(job)) && isInTurn(job) { menu.append(job) }
    if holdsBack { hasHeldBack = true }
    // Who is in turn may be who only yields.
    if menu.isEmpty { for job in ready where isInTurn(job) { menu.append(job) } }
    let chosen = menu[pick(menu, last: last)]
    return ready.firstIndex { $0.sequence == chosen.sequence } ?? 0
  }

  /// Whether nobody came to its actor before, if actors serve in order.
  func isInTurn(_ job: ReadyJob) -> Bool {
    guard setup.fifoActors, job.actor != 0 else { return true }
    return !ready.contains { $0.actor == job.actor && $0.sequence < job.sequence }
  }
}
