/// Which steps of a run happened before which: for each step the set of those before it, a bit each.
struct StepOrder: Sendable {
  private var rows: [UInt64] = []
  /// Words of a row.
  private var width = 2
  private(set) var count = 0

  mutating func removeAll() {
    rows.removeAll(keepingCapacity: true)
    count = 0
  }

  /// Adds a step before which nothing happened.
  mutating func append() {
    if count == width * 64 { widen() }
    rows.append(contentsOf: repeatElement(0, count: width))
    count += 1
  }

  /// `earlier`, and whatever happened before it, happened before the last step.
  mutating func join(_ earlier: Int) {
    let (from, to) = (earlier * width, (count - 1) * width)
    for word in 0..<width { rows[to + word] |= rows[from + word] }
    rows[to + earlier / 64] |= 1 << UInt64(earlier % 64)
  }

  /// Whether `earlier` happened before the last step.
  func isOrdered(_ earlier: Int) -> Bool {
    rows[(count - 1) * width + earlier / 64] & (1 << UInt64(earlier % 64)) != 0
  }

  private mutating func widen() {
    var wide: [UInt64] = []
    wide.reserveCapacity(rows.count * 2)
    for step in 0..<count {
      wide += rows[step * width..<(step + 1) * width]
      wide += repeatElement(0, count: width)
    }
    rows = wide
    width *= 2
  }
}
