internal import InterlockSystem

/// Finds the latest ticket before a given one that is alive and in the way.
///
/// The kernel names any one lock of a range, not the nearest: so it is asked again about what lies right of its answer,
/// until nothing does. In a long line the answer is next door, so after two answers the search goes from the near end
/// outwards, in ranges that double.
///
/// Pure: it says what to ask, and is told the answer.
struct NearestSearch {
  /// What is found.
  struct Found: Hashable {
    var ticket: UInt64
    /// How it is locked.
    var kind: RecordLock.Kind
  }

  private enum Part {
    case unknown(Int64, Int64)
    case known(RecordLock, Int64, Int64)
  }

  private let kind: RecordLock.Kind
  private let ignored: (UInt64) -> Bool
  /// What is left to look at; the last is the nearest.
  private var parts: [Part]
  private var answers = 0
  private var asked: (low: Int64, high: Int64)?
  private(set) var found: Found?

  /// A search.
  ///
  /// - Parameters:
  ///   - ticket: It ends before this one.
  ///   - kind: What would be in the way of a lock of this kind.
  ///   - ignored: Tickets that do not count.
  init(before ticket: UInt64, _ kind: RecordLock.Kind, ignoring ignored: @escaping (UInt64) -> Bool)
  {
    self.kind = kind
    self.ignored = ignored
    parts = [.unknown(TicketRange.base, TicketRange.start(ticket))]
  }

  /// What to ask next; nil when it is over.
  mutating func next() -> RecordLock? {
    while found == nil, let part = parts.popLast() {
      switch part {
      case .unknown(let low, let high):
        guard low < high else { continue }
        asked = (low, high)
        return RecordLock(kind, start: low, length: high - low)
      case .known(let lock, let low, let high):
        guard let tickets = TicketRange.tickets(in: lock, from: low, to: high) else { continue }
        if let ticket = tickets.reversed().first(where: { !ignored($0) }) {
          found = Found(ticket: ticket, kind: lock.kind)
        }
      }
    }
    return nil
  }

  /// Takes what the kernel named.
  mutating func answer(_ lock: RecordLock?) {
    guard let lock, let (low, high) = asked else { return }
    answers += 1
    let (first, end) = (max(lock.start, low), min(lock.end, high))
    parts.append(.unknown(low, first))
    parts.append(.known(lock, low, high))
    guard answers > 1 else { return parts.append(.unknown(end, high)) }
    var ranges: [Part] = []
    var (upper, width): (Int64, Int64) = (high, 2)
    while upper > end {
      let lower = max(end, upper - width)
      ranges.append(.unknown(lower, upper))
      upper = lower
      width *= 2
    }
    parts += ranges.reversed()
  }
}
