/// What one step used that another may use as well: actors, and whatever was touched.
///
/// Objects are numbered in the order in which the run first used them, so that a number means the same in
/// every run that began the same way. Small: a sorted array.
struct Footprint: Sendable, Hashable {
  private struct Use: Hashable {
    let object: Int32
    var isWriting: Bool
  }

  private var uses: [Use] = []

  var isEmpty: Bool { uses.isEmpty }

  mutating func insert(_ object: Int32, _ access: Lab.Access) {
    insert(Use(object: object, isWriting: access == .writing))
  }

  private mutating func insert(_ use: Use) {
    var index = uses.count
    while index > 0, uses[index - 1].object >= use.object {
      index -= 1
      guard uses[index].object == use.object else { continue }
      uses[index].isWriting = uses[index].isWriting || use.isWriting
      return
    }
    uses.insert(use, at: index)
  }

  mutating func removeAll() { uses.removeAll(keepingCapacity: true) }

  mutating func formUnion(_ other: Footprint) {
    for use in other.uses { insert(use) }
  }

  /// Whether it has an object that had no number while there were only `known`.
  func reaches(_ known: Int32) -> Bool { (uses.last?.object ?? -1) >= known }

  /// The objects that had a number then.
  func below(_ known: Int32) -> Footprint {
    guard reaches(known) else { return self }
    var below = self
    below.uses.removeAll { $0.object >= known }
    return below
  }

  /// Whether two steps use something both, and one of them may change it.
  func conflicts(with other: Footprint) -> Bool {
    var (left, right) = (0, 0)
    while left < uses.count, right < other.uses.count {
      let (mine, theirs) = (uses[left], other.uses[right])
      if mine.object == theirs.object, mine.isWriting || theirs.isWriting { return true }
      if mine.object <= theirs.object { left += 1 }
      if theirs.object <= mine.object { right += 1 }
    }
    return false
  }
}
