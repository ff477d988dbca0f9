internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// Waiting for other processes, on threads that have nothing else to do.
extension FileLockLine {
  /// Begins to wait for the obstacle of the first in line; where no thread is left, the line is looked after now and then.
  func start(_ number: UInt64) {
    do {
      try place.helpers.submit { self.help(number) }
    } catch {
      state.withLock { state in
        guard state.helper?.number == number else { return }
        state.helper = nil
      }
      place.poll(self)
    }
  }

  /// Waits for one obstacle after the other, until the first in line has none.
  ///
  /// A thread that waits in the kernel cannot be called back. When it is no longer needed it is forgotten; it ends with
  /// what it waits for.
  private func help(_ number: UInt64) {
    var number = number
    while true {
      let job = state.withLock { state -> (LockFile, Obstacle)? in
        guard let helper = state.helper, helper.number == number, let file = state.file else {
          return nil
        }
        return (file, helper.obstacle)
      }
      guard let (file, obstacle) = job else { return }
      let failure = wait(for: obstacle, file)
      let outcome = state.withLock { state -> Outcome in
        var outcome = Outcome()
        guard state.helper?.number == number else { return outcome }
        state.helper = nil
        if !failure { advance(&state, &outcome) }
        return outcome
      }
      if failure { return place.poll(self) }
      for notice in outcome.notices { notice.tell() }
      guard let next = outcome.helper else { return }
      number = next
    }
  }

  /// - Returns: whether the kernel would not let it wait.
  private func wait(for obstacle: Obstacle, _ file: LockFile) -> Bool {
    switch obstacle {
    case .ticket(let found, let isShared):
      do {
        try file.waitForEnd(of: found.ticket, shared: isShared)
        return false
      } catch {
        return true
      }
    case .permits(let returned):
      file.waitForPermits(after: returned)
      return false
    }
  }

  /// Looks after the line: what was said to its holders, whether its file is still there, who is at its turn.
  func look() {
    let outcome = state.withLock { state -> Outcome in
      var outcome = Outcome()
      guard !state.line.isEmpty, let file = state.file else { return outcome }
      do {
        if !file.isInPlace || !file.isSound { try recover(&state, &outcome) }
      } catch {
        // The lock cannot be had for now: those who wait are told at their turn, and this is tried again.
        return outcome
      }
      hear(&state, &outcome)
      advance(&state, &outcome)
      return outcome
    }
    perform(outcome)
  }

  /// Takes in what was written for the holders of this process.
  func hear(_ state: inout State, _ outcome: inout Outcome) {
    guard let file = state.file else { return }
    let ousted = file.ousted
    for member in state.line.all where member.isHeld {
      let claim = member.payload
      if ousted.contains(member.ticket), let message = file.ousting(of: member.ticket) {
        _ = state.line.remove(member.token)
        letGo(member, file)
        outcome.notices.append(
          Notice(
            event: claim.event, what: .lost(.revoked(by: message.by, reason: message.reason))))
        continue
      }
      guard let slot = claim.slot else { continue }
      let asked = file.asked(slot)
      guard asked != 0, asked != claim.asked else { continue }
      state.line.update(member.token) { $0.asked = asked }
      let message = file.message(asked)
      outcome.notices.append(
        Notice(event: claim.event, what: .asked(by: message.by, reason: message.reason)))
    }
    // A helper that waits for one who was ousted would wait for long.
    if case .ticket(let found, _)? = state.helper?.obstacle, ousted.contains(found.ticket) {
      state.helper = nil
    }
  }
}
