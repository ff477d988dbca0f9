/// Cuts inside code that awaits nothing.
extension Engine {
  /// Steps that may stand on one stack: each is as deep as the code under test.
  private static let deepest = 5

  /// Lets others run before the step that runs goes on: jobs on no actor of this stack, each to its end.
  ///
  /// Nothing is done while somebody is being cancelled, when the runtime holds a lock.
  func syncPoint() {
    guard setup.syncPoints, isCurrent, running >= 0, !isWaking, occupied.count < Self.deepest,
      !strategy.isReduction
    else { return }
    while failure == nil, steps < setup.steps {
      menu.removeAll(keepingCapacity: true)
      menu.append(
        ReadyJob(
          job: 0, mode: .task, task: running, actor: 0, sequence: sequence,
          enabledBy: UInt32(truncatingIfNeeded: steps)))
      for job in ready where job.actor == 0 || !occupied.contains(job.actor) && isInTurn(job) {
        menu.append(job)
      }
      guard menu.count > 1, !isSomebodyBeingCancelled else { return }
      sequence &+= 1
      let index = pick(menu, last: running)
      guard index > 0 else { return }
      let chosen = menu[index].sequence
      guard let place = ready.firstIndex(where: { $0.sequence == chosen }) else { return }
      step(place, isNested: true)
    }
  }

  private var isSomebodyBeingCancelled: Bool {
    tasks.records.contains { RuntimeObject(address: $0.object).isBeingCancelled }
  }
}
