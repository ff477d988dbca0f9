internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// What can be done to a grant.
extension FileLockLine {
  /// A grant of this process that nobody has taken away.
  private func grant(_ token: LockToken, _ state: State) throws -> (
    LocalLine<Claim>.Member, LockFile, Fence
  ) {
    guard let member = state.line[token], member.isHeld, let file = state.file, file.isInPlace,
      file.isSound, let fence = member.payload.fence, file.ousting(of: member.ticket) == nil
    else { throw LockError(name, .notHolder(token: token.text)) }
    return (member, file, fence)
  }

  private func step<Result: Sendable>(
    _ step: (inout State, inout Outcome) throws -> Result
  ) throws(LockError) -> Result {
    let (result, outcome) = state.withLock { state -> (Swift.Result<Result, LockError>, Outcome) in
      var outcome = Outcome()
      do {
        return (.success(try step(&state, &outcome)), outcome)
      } catch {
        return (.failure(place.error(error, name)), outcome)
      }
    }
    perform(outcome)
    return try result.get()
  }

  /// Makes another mode of a grant.
  ///
  /// - Returns: its fence; nil when others are inside.
  func convert(_ token: LockToken, to mode: LockMode) throws(LockError) -> Fence? {
    try step { state, outcome in
      let (member, file, fence) = try grant(token, state)
      switch (member.mode, mode) {
      case (.exclusive, .exclusive), (.shared, .shared): return fence
      case (.exclusive, .shared):
        file.map.store(LockForm.shared, at: Layout.formAt)
        try file.setKind(.shared, of: member.ticket)
        state.line.convert(token, to: .shared)
        rewriteSlot(of: token, place.clock.now, &state, file)
        advance(&state, &outcome)
        return fence
      case (.shared, .exclusive):
        guard state.line.isAlone(token), try upgrade(member.ticket, file) else { return nil }
        let fence = noteFence(file.nextFence(above: fence.number), &state)
        state.line.convert(token, to: .exclusive)
        state.line.update(token) { $0.fence = fence }
        rewriteSlot(of: token, place.clock.now, &state, file)
        return fence
      case (.permits, _), (_, .permits):
        throw LockError(
          name, .invalidOption("permits cannot be made of \(member.mode), nor \(mode) of permits"))
      }
    }
  }

  private func upgrade(_ ticket: UInt64, _ file: LockFile) throws -> Bool {
    guard try file.claimUpgrade() else { return false }
    defer { file.endUpgrade() }
    try file.setKind(.exclusive, of: ticket)
    if try file.isAlone(ticket) { return true }
    try file.setKind(.shared, of: ticket)
    return false
  }

  /// Raises the fence of a grant above one that the guarded thing has seen.
  func raiseFence(of token: LockToken, above floor: Fence) throws(LockError) -> Fence {
    try step { state, _ in
      let (_, file, fence) = try grant(token, state)
      guard floor >= fence else { return fence }
      guard floor.number < TicketRange.tooLarge else {
        throw LockError(
          name, .invalidOption("the fence \(floor) is beyond those that a lock can give"))
      }
      let raised = noteFence(file.nextFence(above: floor.number), &state)
      state.line.update(token) { $0.fence = raised }
      rewriteSlot(of: token, place.clock.now, &state, file)
      return raised
    }
  }

  /// Takes the lock away from those who hold it.
  func forceUnlock(
    expecting token: String?, _ message: HolderMessage
  ) throws(LockError) -> [LockHolder] {
    try step { state, outcome in
      // Who asks for a lock that was never used must not make its file.
      guard let inspection = try Inspection(path, name, place) else {
        throw LockError(name, .notHolder(token: token))
      }
      let holders = inspection.holders.filter { token == nil || $0.holder.token == token }
      guard !holders.isEmpty else { throw LockError(name, .notHolder(token: token)) }
      let file = try file(&state, &outcome)
      let number = file.write(message)
      for holder in holders {
        guard file.oust(holder.ticket, message: number, isOwn: { isOwn($0, state) }) else {
          throw LockError(
            name,
            .unavailable(
              backend: place.title,
              cause: "\(Layout.oustedCount) holders that were ousted live on; end their processes"))
        }
      }
      file.raiseFloor(to: holders.compactMap { $0.holder.fence?.number }.max() ?? 0)
      hear(&state, &outcome)
      advance(&state, &outcome)
      outcome.rings = true
      return holders.map(\.holder)
    }
  }

  /// Tells a holder that somebody would like to have the lock.
  func askToYield(_ token: String, _ message: HolderMessage) throws(LockError) {
    try step { state, outcome in
      guard
        let holder = try Inspection(path, name, place)?.holders
          .first(where: { $0.holder.token == token })
      else { throw LockError(name, .notHolder(token: token)) }
      let file = try file(&state, &outcome)
      guard file.ask(holder.ticket, message: file.write(message)) else {
        throw LockError(
          name,
          .unavailable(
            backend: place.title, cause: "so many hold it that this one is not recorded by name"))
      }
      hear(&state, &outcome)
      outcome.rings = true
    }
  }

  /// Ends everything, without a word to those who hold it.
  func close() {
    let outcome = state.withLock { state -> Outcome in
      var outcome = Outcome()
      if let file = state.file {
        for member in state.line.all {
          letGo(member, file)
          _ = state.line.remove(member.token)
          guard !member.isHeld else { continue }
          outcome.notices.append(
            Notice(event: member.payload.event, what: .refused(.withdrawn(holder: nil))))
        }
      }
      state.file = nil
      state.helper = nil
      state.isRetired = true
      return outcome
    }
    perform(outcome)
  }
}

extension FileLockLine {
  /// Whether this process holds it under that token, as far as it knows.
  func isHeld(_ token: LockToken) -> Bool {
    state.withLock { $0.line[token]?.isHeld ?? false }
  }

  /// Requests of this process in the way of one that waits.
  func blockers(of token: LockToken) -> [LockToken] {
    state.withLock { $0.line.blockers(of: token) }
  }
}
