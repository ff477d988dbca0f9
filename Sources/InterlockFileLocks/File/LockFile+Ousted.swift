internal import InterlockSystem

/// What somebody has to say to a holder.
struct HolderMessage: Sendable, Hashable {
  var by: String
  var reason: String
}

/// Holders that were ousted.
///
/// The kernel takes no lock away. So a ticket that is ousted is written down, and from then on its bytes are in nobody's
/// way. Who waits keeps its place. The ousted one learns of it, and gives up what it still has.
extension LockFile {
  /// Tickets that were ousted and have not been forgotten.
  var ousted: [UInt64] {
    // Nobody is ousted without a message.
    guard map.load(Layout.messagesAt) > 0 else { return [] }
    return (0..<Layout.oustedCount).compactMap {
      let ticket = map.load(Layout.oustedAt($0))
      return ticket == 0 ? nil : ticket
    }
  }

  /// Ousts a ticket; twice is once.
  ///
  /// - Returns: whether it is written down; not when all places are taken by those that live on.
  func oust(_ ticket: UInt64, message: UInt64, isOwn: (UInt64) -> Bool) -> Bool {
    for index in 0..<Layout.oustedCount where map.load(Layout.oustedAt(index)) == ticket {
      return true
    }
    for index in 0..<Layout.oustedCount {
      let place = Layout.oustedAt(index)
      let former = map.load(place)
      guard former == 0 || !isOwn(former) && !isAlive(former) else { continue }
      // Nobody reads the message before it sees the ticket.
      guard map.exchange(former, for: Layout.isBeingWritten, at: place) else { continue }
      map.store(message, at: place + 8)
      map.store(ticket, at: place)
      return true
    }
    return false
  }

  /// What was said to a ticket that was ousted; nil when it was not.
  func ousting(of ticket: UInt64) -> HolderMessage? {
    guard map.load(Layout.messagesAt) > 0 else { return nil }
    for index in 0..<Layout.oustedCount where map.load(Layout.oustedAt(index)) == ticket {
      return message(map.load(Layout.oustedAt(index) + 8))
    }
    return nil
  }

  /// Writes a message down.
  ///
  /// - Returns: its number.
  func write(_ message: HolderMessage) -> UInt64 {
    let number = map.increment(at: Layout.messagesAt)
    let place = Layout.messageAt(number)
    let by = Words.encode(message.by, limit: Layout.longestSender)
    let reason = Words.encode(message.reason, limit: Layout.longestReason)
    map.store(0, at: place)
    map.write([UInt64(by.length) | UInt64(reason.length) << 32], at: place + 8)
    map.write(by.words, at: place + 16)
    map.write(reason.words, at: place + 16 + Layout.longestSender)
    map.store(number, at: place)
    return number
  }

  /// The message of a number; an unsigned one when eight others came since.
  func message(_ number: UInt64) -> HolderMessage {
    let place = Layout.messageAt(number)
    if map.load(place) == number {
      let words = map.read(Layout.messageWords - 1, at: place + 8)
      let reasonAt = 1 + Layout.longestSender / 8
      let by = Words.decode(words[1..<reasonAt], length: Int(words[0] & 0xff))
      let reason = Words.decode(words[reasonAt...], length: Int(words[0] >> 32 & 0xff))
      if map.load(place) == number { return HolderMessage(by: by, reason: reason) }
    }
    return HolderMessage(by: "another process", reason: "")
  }
}
