/// What one step used that another may use as well: actors, and whatever was touched.
///
/// Objects are numbered in the order in which the run first used them, so that a number means the same in
/// every run that began the same way. Small: a sorted array.
struct Footprint: Sendable, Hashable {
  private(set) var objects: [Int32] = []

  mutating func insert(_ object: Int32) {
    var index = objects.count
    while index > 0, objects[index - 1] >= object {
      if objects[index - 1] == object { return }
      index -= 1
    }
    objects.insert(object, at: index)
  }

  mutating func removeAll() { objects.removeAll(keepingCapacity: true) }

  mutating func formUnion(_ other: Footprint) {
    for object in other.objects { insert(object) }
  }

  /// Whether it has an object that had no number while there were only `known`.
  func reaches(_ known: Int32) -> Bool { (objects.last ?? -1) >= known }

  /// The objects that had a number then.
  func below(_ known: Int32) -> Footprint {
    reaches(known) ? Footprint(objects: objects.filter { $0 < known }) : self
  }

  /// Whether two steps use something both.
  func conflicts(with other: Footprint) -> Bool {
    var (left, right) = (0, 0)
    while left < objects.count, right < other.objects.count {
      if objects[left] == other.objects[right] { return true }
      if objects[left] < other.objects[right] { left += 1 } else { right += 1 }
    }
    return false
  }
}
