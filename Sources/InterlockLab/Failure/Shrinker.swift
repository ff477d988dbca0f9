/// Makes a failing schedule small: fewer faults, then fewer deviations, then earlier ones, or later where that spares
/// another.
///
/// Delta debugging (Zeller, Hildebrandt: Simplifying and isolating failure-inducing input, TSE 2002).
struct Shrinker {
  /// Candidates it may try.
  var budget = 2000
  /// Whether a schedule still fails in the same way.
  let fails: (Schedule) -> Bool

  /// The smallest schedule found that still fails.
  mutating func shrink(_ schedule: Schedule) -> Schedule {
    var current = schedule
    if case .slipping = current.time { attempt(&current) { $0.time = .idle } }
    attempt(&current) { $0.syncPoints = false }
    shrinkFaults(&current)
    repeat {
      removeDeviations(&current)
      moveEarlier(&current)
    } while moveLater(&current)
    return current
  }

  private mutating func shrinkFaults(_ current: inout Schedule) {
    if attempt(&current, { $0.faults = [] }) { return }
    for index in current.faults.indices.reversed() where current.faults.count > 1 {
      attempt(&current) { $0.faults.remove(at: index) }
    }
  }

  /// Takes out halves, then quarters, and at last single deviations.
  private mutating func removeDeviations(_ current: inout Schedule) {
    var size = max(1, current.deviations.count / 2)
    while !current.deviations.isEmpty {
      var isSmaller = false
      var start = 0
      while start < current.deviations.count {
        let end = min(current.deviations.count, start + size)
        if attempt(&current, { $0.deviations.removeSubrange(start..<end) }) {
          isSmaller = true
        } else {
          start += size
        }
      }
      if size == 1, !isSmaller { break }
      if !isSmaller || size > current.deviations.count { size = max(1, size / 2) }
    }
  }

  /// Moves each deviation to an earlier decision while it still fails.
  private mutating func moveEarlier(_ current: inout Schedule) {
    for index in current.deviations.indices {
      let floor = index == 0 ? 0 : current.deviations[index - 1].decision + 1
      while current.deviations[index].decision > floor {
        guard attempt(&current, { $0.deviations[index].decision -= 1 }) else { break }
      }
    }
  }

  /// Moves a deviation to a later decision where that makes another one needless.
  ///
  /// - Returns: whether there is one less.
  private mutating func moveLater(_ current: inout Schedule) -> Bool {
    guard current.deviations.count > 1 else { return false }
    for index in current.deviations.indices {
      var moved = current
      let next = index + 1
      let ceiling =
        next < current.deviations.count ? current.deviations[next].decision : Int.max
      while moved.deviations[index].decision + 1 < ceiling,
        attempt(&moved, { $0.deviations[index].decision += 1 })
      {
        for other in moved.deviations.indices where other != index {
          guard attempt(&moved, { $0.deviations.remove(at: other) }) else { continue }
          current = moved
          return true
        }
      }
    }
    return false
  }

  @discardableResult
  private mutating func attempt(
    _ current: inout Schedule, _ change: (inout Schedule) -> Void
  ) -> Bool {
    var candidate = current
    change(&candidate)
    guard budget > 0, candidate != current else { return false }
    budget -= 1
    guard fails(candidate) else { return false }
    current = candidate
    return true
  }
}
