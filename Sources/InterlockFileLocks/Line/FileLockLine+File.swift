internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// The file of a lock, and what becomes of the lock when somebody else does something to it.
extension FileLockLine {
  /// The lock's file, opened if it is not, and as it should be.
  func file(_ state: inout State, _ outcome: inout Outcome) throws -> LockFile {
    if let file = state.file {
      if file.isInPlace, file.isSound { return file }
      try recover(&state, &outcome)
    }
    if let file = state.file { return file }
    let file = try place.open(path, name)
    state.file = file
    return file
  }

  /// Goes on after the file was cut off, removed or replaced.
  ///
  /// One that was cut off is made whole: the kernel's locks have stayed. In another file nobody knows of those who hold
  /// the lock, so they are told that it is lost; those who wait stand in line there.
  func recover(_ state: inout State, _ outcome: inout Outcome) throws {
    guard let old = state.file else { return }
    if try old.heal(name, place.boot) { return }
    let file = try place.open(path, name)
    file.map.raise(to: max(state.lastTicket, state.lastFence) + 1, at: Layout.counterAt)
    file.raiseFloor(to: state.lastFence)
    state.file = file
    state.helper = nil
    for member in state.line.all {
      letGo(member, old)
      if member.isHeld {
        _ = state.line.remove(member.token)
        outcome.notices.append(Notice(event: member.payload.event, what: .lost(.backendReset)))
      } else {
        try standAgain(member, &state, file)
      }
    }
  }

  /// Has one that waits take another ticket.
  func standAgain(
    _ member: LocalLine<Claim>.Member, _ state: inout State, _ file: LockFile
  ) throws {
    let (token, mode) = (member.token, member.mode)
    let (ticket, _) = try file.takeTicket(shared: mode == .shared, after: state.lastTicket)
    state.lastTicket = ticket
    if state.line.tickets.contains(member.ticket), state.file === file { letGo(member, file) }
    _ = state.line.remove(token)
    var claim = member.payload
    claim.slot = slot(token, mode, ticket, claim, isHeld: false, claim.requested, state, file)
    state.line.wait(token, mode, ticket: ticket, claim)
  }
}
