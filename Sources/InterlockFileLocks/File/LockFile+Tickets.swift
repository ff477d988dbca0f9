internal import InterlockLocks
internal import InterlockSystem

extension LockFile {
  /// How often one finds a ticket locked, but not counted, before it counts it for whoever has it.
  ///
  /// That one does it itself at once, unless it is stopped. Were it helped too soon, it would have to take another.
  private static let patience = 3

  /// Takes the next ticket; nobody who is stopped holds that up.
  ///
  /// The ticket's bytes are locked before it is counted, so every later ticket finds it alive. It has one owner: the bytes
  /// are locked alone, while the counter says that it has not been used.
  ///
  /// Only one thread at a time may do this with one file: its own locks are not in its way.
  ///
  /// - Parameters:
  ///   - isShared: Whether its owner shares.
  ///   - last: The last ticket that this process knows of.
  ///   - seen: What the counter said when it was read, maybe long ago; nil when it has not been.
  /// - Throws: `SystemError`, ``LockFileFault``.
  /// - Returns: the ticket, and whether nobody else has one that would be in its way.
  func takeTicket(shared isShared: Bool, after last: UInt64, seen: UInt64? = nil) throws -> (
    ticket: UInt64, isAlone: Bool
  ) {
    var refusals = 0
    var refused: UInt64 = 0
    var seen = seen
    while true {
      let ticket = seen.take() ?? map.load(Layout.counterAt)
      guard ticket < TicketRange.tooLarge else { throw LockFileFault.exhausted }
      if ticket <= last {
        // Somebody set the counter back.
        map.raise(to: max(last + 1, WallClock.microseconds), at: Layout.counterAt)
        continue
      }
      guard try descriptor.lock(TicketRange.whole(ticket, .exclusive)) else {
        refusals = refused == ticket ? refusals + 1 : 1
        refused = ticket
        if refusals > Self.patience {
          _ = map.exchange(ticket, for: ticket + 1, at: Layout.counterAt)
        }
        continue
      }
      do {
        let other = try descriptor.conflict(with: Self.all)
        let later = try other == nil ? nil : laterTicket(than: ticket)
        guard map.load(Layout.counterAt) == ticket else {
          drop(ticket)
          continue
        }
        if let later {
          // A ticket that has not been counted is in use: somebody set the counter back.
          drop(ticket)
          map.raise(to: max(later + 1, WallClock.microseconds), at: Layout.counterAt)
          continue
        }
        // If this fails, somebody has counted it for us.
        _ = map.exchange(ticket, for: ticket + 1, at: Layout.counterAt)
        if isShared { try setKind(.shared, of: ticket) }
        // One who shares has to look again, now that others see that it does: somebody may have become alone meanwhile.
        return (ticket, other == nil && !isShared)
      } catch {
        drop(ticket)
        throw error
      }
    }
  }

  private static let all = RecordLock(
    .exclusive, start: TicketRange.base, length: TicketRange.end - TicketRange.base)

  private func laterTicket(than ticket: UInt64) throws(SystemError) -> UInt64? {
    let start = TicketRange.start(ticket + 1)
    let later = try descriptor.conflict(
      with: RecordLock(.exclusive, start: start, length: TicketRange.end - start))
    return later.map { UInt64($0.end - TicketRange.base) / 2 }
  }

  /// Gives a ticket up.
  func drop(_ ticket: UInt64) {
    descriptor.unlock(start: TicketRange.start(ticket), length: 2)
  }

  /// The latest earlier ticket of another file that is in the way; those that were ousted are not.
  func nearest(before ticket: UInt64, shared isShared: Bool) throws(SystemError)
    -> NearestSearch.Found?
  {
    let ousted = ousted
    var search = NearestSearch(before: ticket, isShared ? .shared : .exclusive) {
      ousted.contains($0)
    }
    while let question = search.next() { search.answer(try descriptor.conflict(with: question)) }
    return search.found
  }

  /// Whether a request would have to wait, as far as other files go.
  func isHeld(againstShared isShared: Bool) throws(SystemError) -> Bool {
    try nearest(before: TicketRange.tooLarge, shared: isShared) != nil
  }

  /// Whether all that other files have lies behind a ticket that shares, and waits: nobody else is inside then.
  ///
  /// The ticket's own bytes must be locked alone before this is asked.
  func isAlone(_ ticket: UInt64) throws(SystemError) -> Bool {
    guard try nearest(before: ticket, shared: false) == nil else { return false }
    let ousted = ousted
    let start = TicketRange.start(ticket + 1)
    var walk = RangeWalk(from: start, to: TicketRange.end)
    while let question = walk.next() { walk.answer(try descriptor.conflict(with: question)) }
    for lock in walk.found {
      guard let tickets = TicketRange.tickets(in: lock, from: start, to: TicketRange.end),
        tickets.contains(where: { !ousted.contains($0) })
      else { continue }
      // Whatever comes behind one that is to be alone waits for it.
      return lock.kind == .exclusive
    }
    return true
  }

  /// Has nobody else change from shared to alone, at once or not at all: two who did would each take the other for one who
  /// waits.
  func claimUpgrade() throws(SystemError) -> Bool {
    try descriptor.lock(RecordLock(.exclusive, start: TicketRange.upgrade, length: 1))
  }

  func endUpgrade() { descriptor.unlock(start: TicketRange.upgrade, length: 1) }

  /// Whether another file has this ticket.
  func isAlive(_ ticket: UInt64) -> Bool {
    do {
      if try descriptor.conflict(with: TicketRange.life(ticket)) != nil { return true }
      return try descriptor.conflict(with: TicketRange.permits(ticket, count: 1)) != nil
    } catch {
      // What the kernel does not say is taken for alive.
      return true
    }
  }

  /// Blocks the calling thread until a ticket has ended, or is no longer in the way.
  func waitForEnd(of ticket: UInt64, shared isShared: Bool) throws(SystemError) {
    let byte = TicketRange.death(ticket, isShared ? .shared : .exclusive)
    try descriptor.waitForLock(byte)
    descriptor.unlock(start: byte.start, length: byte.length)
  }

  /// Changes how a ticket's bytes are locked, in one step.
  ///
  /// - Throws: `SystemError` when the kernel has no room for another lock.
  func setKind(_ kind: RecordLock.Kind, of ticket: UInt64) throws(SystemError) {
    // No other file has these bytes: one that waits at the second has it only when it is free.
    while try !descriptor.lock(TicketRange.whole(ticket, kind)) {}
  }
}
