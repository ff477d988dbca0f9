/// What sleeps: a heap by deadline, then by arrival.
///
/// It keeps its storage between runs.
struct TimerQueue: Sendable {
  struct Timer: Sendable {
    /// Virtual nanoseconds.
    let deadline: Int64
    let sequence: UInt32
    /// The address of the job that wakes the sleeper.
    let job: UInt
    /// The sleeper's number.
    let task: Int32

    fileprivate func precedes(_ other: Timer) -> Bool {
      deadline == other.deadline ? sequence < other.sequence : deadline < other.deadline
    }
  }

  private var heap: [Timer] = []

  var isEmpty: Bool { heap.isEmpty }
  var first: Timer? { heap.first }

  mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

  /// Each of them, in no order.
  func forEach(_ body: (Timer) -> Void) { heap.forEach(body) }

  mutating func insert(_ timer: Timer) {
    var index = heap.count
    heap.append(timer)
    while index > 0 {
      let parent = (index - 1) / 2
      guard timer.precedes(heap[parent]) else { break }
      heap[index] = heap[parent]
      index = parent
    }
    heap[index] = timer
  }

  mutating func removeFirst() -> Timer? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    var index = 0
    while true {
      var child = 2 * index + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(last) else { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = last
    return first
  }

  /// Drops the timers of some tasks.
  mutating func remove(where isDropped: (Int32) -> Bool) {
    let kept = heap.filter { !isDropped($0.task) }
    removeAll()
    for timer in kept { insert(timer) }
  }
}
