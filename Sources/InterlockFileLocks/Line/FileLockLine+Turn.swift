internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

extension FileLockLine {
  /// Whether a ticket is at its turn.
  enum Verdict {
    case granted
    case waits(Obstacle)
  }

  /// Grants what is at its turn, and sees to it that somebody waits for what the next waits for.
  func advance(_ state: inout State, _ outcome: inout Outcome) {
    while let member = state.line.next, let file = state.file {
      let now = place.clock.now
      do {
        guard file.isInPlace, file.isSound else {
          try recover(&state, &outcome)
          continue
        }
        if file.ousting(of: member.ticket) != nil {
          // It was at its turn, did not take it, and somebody lost patience: it stands in line again.
          try standAgain(member, &state, file)
          continue
        }
        switch try verdict(member.mode, member.ticket, state, file, isAlone: false) {
        case .granted:
          let fence = noteFence(file.fence(for: member.ticket), &state)
          state.line.grant(member.token)
          state.line.update(member.token) { $0.fence = fence }
          rewriteSlot(of: member.token, now, &state, file)
          outcome.notices.append(
            Notice(
              event: member.payload.event,
              what: .granted(
                LockGrant(fence: fence, requested: member.payload.requested, term: nil))))
        case .waits(let obstacle):
          return see(to: obstacle, member.mode, &state, &outcome)
        }
      } catch {
        _ = state.line.remove(member.token)
        letGo(member, file)
        outcome.notices.append(
          Notice(
            event: member.payload.event,
            what: .refused(.failed(place.error(error, name)))))
      }
    }
  }

  private func see(
    to obstacle: Obstacle, _ mode: LockMode, _ state: inout State, _ outcome: inout Outcome
  ) {
    if let helper = state.helper, helper.obstacle.covers(obstacle, mode: mode) { return }
    state.helpers += 1
    state.helper = Helper(number: state.helpers, obstacle: obstacle)
    outcome.helper = state.helpers
  }

  /// Whether a ticket is at its turn, as far as other processes go; permits are taken in the same step.
  ///
  /// - Parameters:
  ///   - mode: How it would be held.
  ///   - ticket: The ticket.
  ///   - state: What this process has of the lock.
  ///   - file: The lock's file.
  ///   - isAlone: Whether it is known already that no other ticket is in its way.
  /// - Throws: `LockError`, `SystemError`.
  /// - Returns: whether it is, or what it has to wait for.
  func verdict(
    _ mode: LockMode, _ ticket: UInt64, _ state: State, _ file: LockFile, isAlone: Bool
  ) throws -> Verdict {
    let isShared = mode == .shared
    if !isAlone, let found = try file.nearest(before: ticket, shared: isShared) {
      return .waits(.ticket(found, forShared: isShared))
    }
    let form = file.map.load(Layout.formAt)
    switch mode {
    case .exclusive:
      guard LockForm.isPermits(form) else { return .granted }
      let returned = file.returned
      let isFree = try state.line.permits == 0 && file.permitsOfOthers().isEmpty
      return isFree ? .granted : .waits(.permits(returned: returned))
    case .shared:
      try setForm(LockForm.shared, mode, form, state, file)
      return .granted
    case .permits(let count, let limit):
      let returned = file.returned
      try setForm(LockForm.permits(limit), mode, form, state, file)
      let used = try file.permitsOfOthers().reduce(state.line.permits) { $0 + $1.count }
      guard used + count <= limit, try file.admit(ticket, count: count) else {
        return .waits(.permits(returned: returned))
      }
      return .granted
    }
  }

  /// Notes how the lock is used, at the turn of one that uses it so: nobody else is then at its turn who would not.
  private func setForm(
    _ wanted: UInt64, _ mode: LockMode, _ form: UInt64, _ state: State, _ file: LockFile
  ) throws {
    guard form != wanted else { return }
    if LockForm.isPermits(form), try state.line.permits > 0 || !file.permitsOfOthers().isEmpty {
      let recorded = "permits of \(form - 1)"
      throw LockError(name, .configurationMismatch(recorded: recorded, asked: "\(mode)"))
    }
    file.map.store(wanted, at: Layout.formAt)
  }

  /// How the lock is in use, if that cannot be mixed with `mode`; nil when nobody is known to.
  ///
  /// It is seen again at its turn. To know now spares it the wait.
  func otherForm(than mode: LockMode, _ state: State, _ file: LockFile) -> String? {
    guard mode != .exclusive else { return nil }
    for (ticket, record) in file.map.slots()
    where record.mode != .exclusive && !record.mode.isCompatible(with: mode) {
      if isOwn(ticket, state) || file.isAlive(ticket) { return "\(record.mode)" }
    }
    return nil
  }

  func isOwn(_ ticket: UInt64, _ state: State) -> Bool {
    state.line.tickets.contains(ticket)
  }

  func slot(
    _ token: LockToken, _ mode: LockMode, _ ticket: UInt64, _ claim: Claim, isHeld: Bool,
    _ now: Instant, _ state: State, _ file: LockFile
  ) -> Int? {
    let words = SlotRecord.words(
      place.common, number: token.number, mode: mode, isHeld: isHeld,
      fence: claim.fence?.number ?? 0, since: now, reason: claim.reason)
    return file.claimSlot(ticket, isHeld: isHeld, words) { isOwn($0, state) }
  }

  /// Has the slot of a grant say what is true now.
  func rewriteSlot(
    of token: LockToken, _ now: Instant, _ state: inout State, _ file: LockFile
  ) {
    guard let member = state.line[token] else { return }
    let claim = member.payload
    guard let index = claim.slot else {
      let index = slot(token, member.mode, member.ticket, claim, isHeld: true, now, state, file)
      return state.line.update(token) { $0.slot = index }
    }
    file.rewriteSlot(
      index, member.ticket,
      SlotRecord.words(
        place.common, number: token.number, mode: member.mode, isHeld: true,
        fence: claim.fence?.number ?? 0, since: now, reason: claim.reason))
  }

  /// Somebody who holds it, for a person who asks why it is not free; nil when nobody is known.
  func holder(_ state: State, _ file: LockFile) -> LockHolder? {
    let slots = file.map.slots(held: true).sorted { $0.key < $1.key }
    let ousted = file.ousted
    for (ticket, record) in slots where !ousted.contains(ticket) {
      guard isOwn(ticket, state) || file.isAlive(ticket) else { continue }
      return record.holder(at: place.clock.now, host: place.session.owner.host)
    }
    return nil
  }
}

extension SlotRecord {
  /// The holder it tells of.
  func holder(at now: Instant, host: String) -> LockHolder {
    LockHolder(
      token: token, owner: owner, mode: mode, fence: Fence(fence), age: since.duration(to: now),
      reason: reason, isAlive: isAlive(on: host))
  }

  /// The waiter it tells of.
  func waiter(at now: Instant, host: String) -> LockWaiter {
    LockWaiter(
      token: token, owner: owner, mode: mode, age: since.duration(to: now), reason: reason,
      isAlive: isAlive(on: host))
  }

  private func isAlive(on host: String) -> Bool? {
    guard owner.host == host else { return nil }
    return ProcessIdentity.isAlive(owner.process, start: owner.processStart)
  }
}
