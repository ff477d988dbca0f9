/// What stands where in a lock's file.
///
/// Numbers are in the machine's order of bytes, eight bytes each.
///
/// | bytes | content |
/// | --- | --- |
/// | 0 | `ILKLOCK1` |
/// | 8 | the next ticket |
/// | 16–31 | the start of the machine on which it was opened last |
/// | 32 | a number that every later fence exceeds |
/// | 40 | how it is used: 0 not known, 1 shared, *n* + 1 with *n* permits |
/// | 48 | how many messages were written |
/// | 56 | counts permits given back; waited at |
/// | 64, 128–639 | length and bytes of the lock's name |
/// | 640–1663 | 64 holders that were ousted and may be alive: ticket, message |
/// | 1664–4095 | the last 8 messages: number, lengths, by whom, why |
/// | 4096–16383 | 32 slots: who holds and who waits, as far as there is room; for people only |
///
/// Everything but the slots and messages is read and written in single atomic steps; all zero is a valid beginning.
enum Layout {
  static let fileSize = 16_384

  /// `ILKLOCK1`.
  static let magic = "ILKLOCK1".utf8.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  static let magicAt = 0
  static let counterAt = 8
  static let bootAt = 16
  static let floorAt = 32
  static let formAt = 40
  static let messagesAt = 48
  static let returnedAt = 56
  static let nameLengthAt = 64
  static let nameAt = 128

  static let oustedCount = 64
  /// Where an ousted holder's ticket stands; the number of the message is in the next word.
  static func oustedAt(_ index: Int) -> Int { 640 + 16 * index }

  static let messageCount: UInt64 = 8
  static let messageWords = 38
  static let longestSender = 88
  static let longestReason = 200
  static func messageAt(_ number: UInt64) -> Int { 1664 + 304 * Int(number % messageCount) }

  static let slotCount = 32
  /// The last few are kept for holders, so that those who wait cannot crowd them out.
  static let slotsOfWaiters = 28
  static let slotSize = 384
  /// Where a slot's ticket stands; the number of the message to its holder is in the next word.
  static func slotAt(_ index: Int) -> Int { 4096 + slotSize * index }
  /// In the ticket's word of a slot: it is being written.
  static let isBeingWritten: UInt64 = 1 << 63
}

/// Text in words.
enum Words {
  /// Bytes in words, the last filled with zeros; cut to `limit` bytes, between characters.
  static func encode(_ text: String, limit: Int) -> (length: Int, words: [UInt64]) {
    var bytes = Array(text.utf8)
    if bytes.count > limit {
      var end = limit
      while end > 0, bytes[end] & 0xc0 == 0x80 { end -= 1 }
      bytes.removeSubrange(end...)
    }
    var words = [UInt64](repeating: 0, count: (bytes.count + 7) / 8)
    for (index, byte) in bytes.enumerated() { words[index / 8] |= UInt64(byte) << (index % 8 * 8) }
    return (bytes.count, words)
  }

  /// The first bytes of words, at most as many as they have.
  static func bytes(_ words: some RandomAccessCollection<UInt64>, length: Int) -> [UInt8] {
    let count = min(max(length, 0), words.count * 8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for word in words {
      for place in 0..<8 where bytes.count < count {
        bytes.append(UInt8(truncatingIfNeeded: word >> (place * 8)))
      }
    }
    return bytes
  }

  /// Text of words.
  static func decode(_ words: some RandomAccessCollection<UInt64>, length: Int) -> String {
    String(decoding: bytes(words, length: length), as: UTF8.self)
  }
}
