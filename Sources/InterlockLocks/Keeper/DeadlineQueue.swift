internal import Interlock

/// Keys and when each is due.
///
/// *Complexity:* logarithmic; storage is at most twice the number of keys, and some.
struct DeadlineQueue<Key: Hashable & Sendable>: Sendable {
  private struct Entry: Comparable, Sendable {
    let deadline: Instant
    let key: Key
    static func < (left: Entry, right: Entry) -> Bool { left.deadline < right.deadline }
    static func == (left: Entry, right: Entry) -> Bool { left.deadline == right.deadline }
  }

  private static var slack: Int { 64 }

  private var heap = MinimumHeap<Entry>()
  private var deadlines: [Key: Instant] = [:]

  /// The earliest deadline.
  var next: Instant? {
    mutating get {
      while let first = heap.minimum, deadlines[first.key] != first.deadline {
        heap.removeMinimum()
      }
      return heap.minimum?.deadline
    }
  }

  /// Sets when a key is due; nil for never.
  mutating func set(_ key: Key, _ deadline: Instant?) {
    guard deadlines[key] != deadline else { return }
    deadlines[key] = deadline
    guard let deadline else { return }
    heap.insert(Entry(deadline: deadline, key: key))
    if heap.count > 2 * deadlines.count + Self.slack {
      heap = MinimumHeap(deadlines.map { Entry(deadline: $0.value, key: $0.key) })
    }
  }

  /// Takes the keys that are due, the earliest first.
  mutating func takeDue(at now: Instant) -> [Key] {
    var due: [Key] = []
    while let next, next <= now, let entry = heap.removeMinimum() {
      deadlines[entry.key] = nil
      due.append(entry.key)
    }
    return due
  }
}
