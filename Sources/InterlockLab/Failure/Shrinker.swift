/// Makes a failing schedule small: fewer deviations, then earlier ones.
///
/// Delta debugging (Zeller, Hildebrandt: Simplifying and isolating failure-inducing input, TSE 2002).
struct Shrinker {
  /// Candidates it may try.
  var budget = 2000
  /// Whether a schedule still fails in the same way.
  let fails: ([Deviation]) -> Bool

  /// The smallest schedule found that still fails.
  mutating func shrink(_ deviations: [Deviation]) -> [Deviation] {
    var current = deviations
    var size = max(1, current.count / 2)
    while !current.isEmpty {
      var isSmaller = false
      var start = 0
      while start < current.count {
        var candidate = current
        candidate.removeSubrange(start..<min(current.count, start + size))
        if tries(candidate) {
          current = candidate
          isSmaller = true
        } else {
          start += size
        }
      }
      if size == 1, !isSmaller { break }
      if !isSmaller || size > current.count { size = max(1, size / 2) }
    }
    return current
  }

  private mutating func tries(_ candidate: [Deviation]) -> Bool {
    guard budget > 0 else { return false }
    budget -= 1
    return fails(candidate)
  }
}
