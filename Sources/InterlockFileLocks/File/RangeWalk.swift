internal import InterlockSystem

/// Finds every lock in a range of bytes, in order.
///
/// Pure: it says what to ask, and is told the answer.
struct RangeWalk {
  private var parts: [(low: Int64, high: Int64)]
  private var asked: (low: Int64, high: Int64)?
  private let limit: Int
  private(set) var found: [RecordLock] = []

  /// A walk from one byte to another.
  ///
  /// - Parameters:
  ///   - low: The first byte.
  ///   - high: The byte behind the last.
  ///   - limit: How many are enough; the walk goes on from the left.
  init(from low: Int64, to high: Int64, limit: Int = .max) {
    self.limit = limit
    parts = [(low, high)]
  }

  /// What to ask next; nil when it is over.
  mutating func next() -> RecordLock? {
    guard found.count < limit, let part = parts.popLast() else {
      found.sort { $0.start < $1.start }
      return nil
    }
    asked = part
    return RecordLock(.exclusive, start: part.low, length: part.high - part.low)
  }

  /// Takes what the kernel named.
  mutating func answer(_ lock: RecordLock?) {
    guard let lock, let (low, high) = asked else { return }
    let (first, end) = (max(lock.start, low), min(lock.end, high))
    found.append(RecordLock(lock.kind, start: first, length: end - first))
    if end < high { parts.append((end, high)) }
    if low < first { parts.append((low, first)) }
  }
}
