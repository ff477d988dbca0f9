internal import Interlock
internal import InterlockRadio

/// A frame as it was heard, with what it says and how well it was heard.
struct Reception: Sendable {
  /// What the frame says.
  let packet: Packet
  /// The signal it was heard with, where the modem could tell.
  let snrQuarterDB: Int?
  let rssiDBm: Int?
  /// When it was heard.
  let receivedAt: Instant
  /// How well, 0…1, where the modem could tell.
  let score: Double?

  /// The frame as the modem gave it.
  var frame: ReceivedFrame {
    ReceivedFrame(
      bytes: packet.frame, snrQuarterDB: snrQuarterDB, rssiDBm: rssiDBm, receivedAt: receivedAt)
  }
}

/// Floods that were heard weakly and wait for a better copy; bounded.
///
/// When full, the one that would wait longest makes room.
struct HeldPackets: Sendable {
  struct Entry: Sendable {
    let until: Instant
    let reception: Reception
  }

  /// The most that wait, unless more did when there was more room.
  var capacity: Int
  /// The next one to be looked at is the last.
  private var entries: [Entry] = []

  init(capacity: Int) {
    self.capacity = max(capacity, 0)
    entries.reserveCapacity(self.capacity)
  }

  var count: Int { entries.count }

  /// When the next one is to be looked at.
  var nextDeadline: Instant? { entries.last?.until }

  /// Keeps one more.
  ///
  /// - Returns: The one that finds no place, possibly the new one.
  mutating func insert(_ reception: Reception, until: Instant) -> Reception? {
    if entries.count >= capacity {
      guard let longest = entries.first, longest.until > until else { return reception }
      let evicted = entries.removeFirst().reception
      place(Entry(until: until, reception: reception))
      return evicted
    }
    place(Entry(until: until, reception: reception))
    return nil
  }

  /// Takes out the next one whose time has come.
  mutating func removeDue(at now: Instant) -> Reception? {
    guard let next = entries.last, next.until <= now else { return nil }
    entries.removeLast()
    return next.reception
  }

  private mutating func place(_ entry: Entry) {
    // Behind all that wait longer, before those that wait as long and came first.
    var index = entries.count
    while index > 0, entries[index - 1].until <= entry.until { index -= 1 }
    entries.insert(entry, at: index)
  }
}
