internal import Interlock

/// Things to happen, earliest first; at one instant in rank order, then first come first.
///
/// *Complexity:* O(log n) for both operations.
struct EventHeap<Payload: Sendable>: Sendable {
  struct Entry: Sendable, Comparable {
    let due: Instant
    /// Decides between entries due at the same instant: rank above order of insertion.
    let order: UInt64
    let payload: Payload

    static func < (left: Self, right: Self) -> Bool {
      left.due == right.due ? left.order < right.order : left.due < right.due
    }

    static func == (left: Self, right: Self) -> Bool { left.order == right.order }
  }

  private var heap = MinimumHeap<Entry>()
  private var inserted: UInt64 = 0

  var count: Int { heap.count }
  /// When the first one is due.
  var nextDue: Instant? { heap.minimum?.due }

  mutating func insert(_ payload: Payload, due: Instant, rank: UInt8 = 0) {
    inserted += 1
    heap.insert(Entry(due: due, order: UInt64(rank) << 56 | inserted, payload: payload))
  }

  /// Takes the first entry if it is due by `now`.
  mutating func popFirst(dueBy now: Instant) -> Entry? {
    guard let due = heap.minimum?.due, due <= now else { return nil }
    return heap.removeMinimum()
  }
}
