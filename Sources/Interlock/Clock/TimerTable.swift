/// Which timer is due when: pure, told the time.
///
/// *Complexity:* logarithmic. What was set and is set again stays in the heap until it comes up or is cleared out, so
/// there are at most twice as many entries as timers, and some.
package struct TimerTable: Sendable {
  private struct Entry: Comparable, Sendable {
    let deadline: Instant
    let timer: UInt64

    static func < (left: Entry, right: Entry) -> Bool { left.deadline < right.deadline }
  }

  /// Entries that are out of date and of no account.
  private static let slack = 64

  private var heap = MinimumHeap<Entry>()
  private var deadlines: [UInt64: Instant] = [:]

  /// None is set.
  package init() {}

  /// Sets a timer, in place of what was set before; nil for never.
  package mutating func set(_ timer: UInt64, _ deadline: Instant?) {
    guard let deadline else {
      deadlines[timer] = nil
      return clearOut()
    }
    guard deadlines.updateValue(deadline, forKey: timer) != deadline else { return }
    heap.insert(Entry(deadline: deadline, timer: timer))
    clearOut()
  }

  /// When a timer is due; nil when it is not set.
  package func deadline(of timer: UInt64) -> Instant? { deadlines[timer] }

  /// When the next is due.
  package var earliest: Instant? {
    mutating get {
      dropStale()
      return heap.minimum?.deadline
    }
  }

  /// The next timer that is due, which is set no longer.
  package mutating func next(dueAt now: Instant) -> UInt64? {
    dropStale()
    guard let entry = heap.minimum, entry.deadline <= now else { return nil }
    heap.removeMinimum()
    deadlines[entry.timer] = nil
    return entry.timer
  }

  private mutating func dropStale() {
    while let entry = heap.minimum, deadlines[entry.timer] != entry.deadline {
      heap.removeMinimum()
    }
  }

  private mutating func clearOut() {
    guard heap.count > 2 * deadlines.count + Self.slack else { return }
    heap = MinimumHeap(deadlines.map { Entry(deadline: $0.value, timer: $0.key) })
  }
}
