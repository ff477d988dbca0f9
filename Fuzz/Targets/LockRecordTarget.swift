internal import Interlock
internal import InterlockFileLocks
internal import InterlockLocks
internal import InterlockRedis

extension FuzzTarget {
  /// What is recorded about locks where anybody may write: reading never traps, and texts come back as they went.
  static let lockRecord = FuzzTarget(name: "lock-record") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    _ = RemoteLockMessage(bytes)
    if let entry = RedisLockEntry(text) {
      precondition(["x", "s", "p"].contains(entry.letter), "a mode that there is none of")
    }
    readBack(text)
    readSlot(bytes)
  }

  /// A text goes through a message, cut to the bytes there is room for.
  private static func readBack(_ text: String) {
    let word = RemoteLockMessage.word(text)
    precondition(!word.contains(" "), "a text is two words: \(word)")
    let cut = String(decoding: text.utf8.prefix(60), as: UTF8.self)
    precondition(
      RemoteLockMessage(Array("r a t \(word) \(word)".utf8))
        == .revoked(token: "t", by: cut, reason: cut), "a text changed: \(word)")
  }

  /// A slot of a lock's file; what cannot be written as it was read, because it is no text, settles when it is written.
  private static func readSlot(_ bytes: [UInt8]) {
    var words = stride(from: 0, to: bytes.count, by: 8).map { start in
      bytes[start..<min(start + 8, bytes.count)].reversed().reduce(UInt64(0)) {
        $0 << 8 | UInt64($1)
      }
    }
    precondition(SlotRecord(words) == nil || words.count == SlotRecord.wordCount, "half a slot")
    words = Array(
      (words + Array(repeating: 0, count: SlotRecord.wordCount)).prefix(SlotRecord.wordCount))
    guard let read = SlotRecord(words) else { return }
    guard let once = SlotRecord(written(read)), let twice = SlotRecord(written(once)) else {
      preconditionFailure("what was written cannot be read")
    }
    precondition(once == twice, "a record changed")
    var plain = read
    (plain.owner, plain.reason) = (once.owner, once.reason)
    precondition(plain == once, "a number changed")
    precondition(
      read.owner.process == once.owner.process
        && read.owner.processStart == once.owner.processStart, "a process changed")
  }

  private static func written(_ record: SlotRecord) -> [UInt64] {
    let session = LockSession(owner: record.owner, secret: record.secret)
    let words = SlotRecord.words(
      SlotRecord.Common(session), number: record.number, mode: record.mode, isHeld: record.isHeld,
      fence: record.fence, since: record.since, reason: record.reason)
    return words + Array(repeating: 0, count: SlotRecord.wordCount - words.count)
  }
}
