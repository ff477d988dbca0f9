internal import InterlockSystem

/// Slots tell people who holds and who waits. No decision rests on them but whether to refuse at once what would be
/// refused at its turn.
extension LockFile {
  /// Finds a slot for a ticket and writes it.
  ///
  /// - Returns: which; nil when all are in use: the ticket is then counted and not named.
  func claimSlot(
    _ ticket: UInt64, isHeld: Bool, _ words: [UInt64], isOwn: (UInt64) -> Bool
  ) -> Int? {
    let count = isHeld ? Layout.slotCount : Layout.slotsOfWaiters
    let first = Int(ticket % UInt64(count))
    for takesDead in [false, true] {
      for step in 0..<count {
        let index = (first + step) % count
        let place = Layout.slotAt(index)
        let former = map.load(place)
        if former != 0 {
          let owner = former & ~Layout.isBeingWritten
          guard takesDead, isHeld || step == 0, !isOwn(owner), !isAlive(owner) else { continue }
        }
        guard map.exchange(former, for: ticket | Layout.isBeingWritten, at: place) else { continue }
        map.write([0], at: place + 8)
        map.write(words, at: place + 16)
        map.store(ticket, at: place)
        return index
      }
    }
    return nil
  }

  /// Writes a ticket's slot again.
  func rewriteSlot(_ index: Int, _ ticket: UInt64, _ words: [UInt64]) {
    let place = Layout.slotAt(index)
    guard map.exchange(ticket, for: ticket | Layout.isBeingWritten, at: place) else { return }
    map.write(words, at: place + 16)
    map.store(ticket, at: place)
  }

  /// Gives a ticket's slot up.
  func clearSlot(_ index: Int, _ ticket: UInt64) {
    _ = map.exchange(ticket, for: 0, at: Layout.slotAt(index))
  }

  /// The number of the last message to the ticket in a slot; 0 when there was none.
  func asked(_ index: Int) -> UInt64 { map.load(Layout.slotAt(index) + 8) }

  /// Leaves a message for the holder that has a ticket.
  ///
  /// - Returns: whether it has a slot to leave it in.
  func ask(_ ticket: UInt64, message: UInt64) -> Bool {
    for index in 0..<Layout.slotCount where map.load(Layout.slotAt(index)) == ticket {
      map.store(message, at: Layout.slotAt(index) + 8)
      return true
    }
    return false
  }
}

extension SharedMapping {
  /// What the slots of a lock's file tell, by ticket; of some that are dead too.
  ///
  /// - Parameter isHeld: Only those of holders, or only those of waiters; nil for all.
  /// - Returns: what they tell.
  func slots(held isHeld: Bool? = nil) -> [UInt64: SlotRecord] {
    var records: [UInt64: SlotRecord] = [:]
    for index in 0..<Layout.slotCount {
      let place = Layout.slotAt(index)
      let ticket = load(place)
      guard ticket != 0, ticket & Layout.isBeingWritten == 0,
        isHeld == nil || SlotRecord.isHeld(read(1, at: place + 16 + 32)[0]) == isHeld,
        let record = SlotRecord(read(SlotRecord.wordCount, at: place + 16)),
        // What was written meanwhile may be half of each.
        load(place) == ticket
      else { continue }
      records[ticket] = record
    }
    return records
  }
}
