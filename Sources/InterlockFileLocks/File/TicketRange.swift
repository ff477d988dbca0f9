internal import InterlockSystem

/// Which bytes of a lock's file stand for which ticket.
///
/// They lie far beyond the end of the file, so nothing is stored there; what counts is who has locked them.
///
/// | bytes | locked by |
/// | --- | --- |
/// | 2³⁹ | whoever changes from shared to alone |
/// | 2⁴⁰ + 2*t* | whoever has ticket *t*: alone, or shared once it is known to share |
/// | 2⁴⁰ + 2*t* + 1 | the same; and for a moment whoever waited for it to end |
/// | 2⁶² + 2²⁰ (*t* mod 2⁴⁰), *n* of them | whoever has *n* permits under ticket *t* |
///
/// A ticket has two bytes so that one who waits for its end, and gets it, is never taken for one who has it: only the even
/// byte says that a ticket is alive.
enum TicketRange {
  /// Tickets are smaller, so that they are fences.
  static let tooLarge: UInt64 = 1 << 53
  static let upgrade: Int64 = 1 << 39
  static let base: Int64 = 1 << 40
  /// Beyond the bytes of every ticket.
  static let end: Int64 = base + 1 << 54
  static let permitBase: Int64 = 1 << 62
  static let permitEnd: Int64 = permitBase + 1 << 60

  /// The first byte of a ticket.
  static func start(_ ticket: UInt64) -> Int64 { base + 2 * Int64(ticket) }

  /// Both bytes of a ticket.
  static func whole(_ ticket: UInt64, _ kind: RecordLock.Kind) -> RecordLock {
    RecordLock(kind, start: start(ticket), length: 2)
  }

  /// The byte that says whether a ticket is alive.
  static func life(_ ticket: UInt64) -> RecordLock {
    RecordLock(.exclusive, start: start(ticket), length: 1)
  }

  /// The byte at which a ticket's end is waited for.
  static func death(_ ticket: UInt64, _ kind: RecordLock.Kind) -> RecordLock {
    RecordLock(kind, start: start(ticket) + 1, length: 1)
  }

  /// The bytes of permits.
  static func permits(_ ticket: UInt64, count: Int) -> RecordLock {
    RecordLock(
      .exclusive, start: permitBase + Int64(permitKey(ticket)) << 20, length: Int64(count))
  }

  /// What permits tell of their ticket.
  static func permitKey(_ ticket: UInt64) -> UInt64 { ticket & (1 << 40 - 1) }

  /// What locked permits tell of their ticket.
  static func permitKey(of lock: RecordLock) -> UInt64 { UInt64((lock.start - permitBase) >> 20) }

  /// The tickets that live in a locked range, between two bytes; nil when it is only waited there.
  static func tickets(in lock: RecordLock, from low: Int64, to high: Int64) -> ClosedRange<UInt64>?
  {
    let first = (max(lock.start, low) - base + 1) / 2
    let last = (min(lock.end, high) - base + 1) / 2 - 1
    return first <= last && first >= 0 ? UInt64(first)...UInt64(last) : nil
  }
}
