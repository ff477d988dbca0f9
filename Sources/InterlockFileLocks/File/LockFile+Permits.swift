internal import InterlockSystem

extension LockFile {
  /// Permits in use by other files, for each ticket; those that were ousted do not count.
  func permitsOfOthers() throws(SystemError) -> [(key: UInt64, count: Int)] {
    let ousted = Set(ousted.map(TicketRange.permitKey))
    var walk = RangeWalk(from: TicketRange.permitBase, to: TicketRange.permitEnd)
    while let question = walk.next() { walk.answer(try descriptor.conflict(with: question)) }
    return walk.found.map { (TicketRange.permitKey(of: $0), Int($0.length)) }
      .filter { !ousted.contains($0.key) }
  }

  /// Moves a ticket from the line to the permits: they are locked before its place in line is given up.
  ///
  /// - Throws: `SystemError`.
  /// - Returns: whether it could; not when permits of 2⁴⁰ tickets ago are in its place.
  func admit(_ ticket: UInt64, count: Int) throws(SystemError) -> Bool {
    guard try descriptor.lock(TicketRange.permits(ticket, count: count)) else { return false }
    drop(ticket)
    return true
  }

  /// Gives permits back.
  func dropPermits(_ ticket: UInt64, count: Int) {
    let lock = TicketRange.permits(ticket, count: count)
    descriptor.unlock(start: lock.start, length: lock.length)
  }

  /// Wakes whoever waits for permits.
  func tellOfPermits() { map.ring(Layout.returnedAt) }

  /// How often permits were given back, to wait for the next time.
  var returned: UInt32 { map.loadHalf(Layout.returnedAt) }

  /// Blocks the calling thread until permits are given back; it looks again now and then, because one that dies gives
  /// none back in words.
  func waitForPermits(after returned: UInt32) {
    map.wait(while: returned, at: Layout.returnedAt, limitNanoseconds: 100_000_000)
  }
}
