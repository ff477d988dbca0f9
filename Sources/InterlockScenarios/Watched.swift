internal import Interlock
internal import Synchronization

/// A value that tasks change in single steps, and that invariants look at between two steps.
///
/// It is no `Guarded`, because it is part of the question and not of what is asked about: where sync points
/// are on, tasks are cut in the guards under test, and not where they tell what they did.
final class Watched<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) { mutex = Mutex(value) }

  var value: Value { mutex.withLock { $0 } }

  @discardableResult
  func change<Result: Sendable>(_ step: @Sendable (inout Value) -> Result) -> Result {
    mutex.withLock { step(&$0) }
  }
}

/// Who is where only one may be.
struct Section: Sendable {
  /// How many are inside now.
  private(set) var inside = 0
  /// How many have been, in order of entry.
  private(set) var entries: [Int] = []

  var isExclusive: Bool { inside <= 1 }

  mutating func enter(_ visitor: Int = 0) {
    inside += 1
    entries.append(visitor)
  }

  mutating func leave() { inside -= 1 }
}

extension MonotonicClock {
  /// Waits, or returns at once when the task is cancelled: for tasks that look at what became of it.
  func pause(for duration: Duration) async { try? await sleep(for: duration) }
}
