/// Who a task is, whatever its number: the place of each of its ancestors among the children of its parent.
///
/// Numbers depend on the order in which tasks were made; this does not, so that what was learnt of a task in one
/// schedule holds in another.
struct Lineage: Sendable, Hashable, Comparable {
  /// That of the body.
  static let body = Lineage(value: 0)

  let value: UInt64

  /// The `place`-th task that this one makes, from 1.
  func child(_ place: UInt32) -> Lineage {
    var hash = TraceHash()
    hash.mix(value)
    hash.mix(UInt64(place))
    return Lineage(value: hash.value)
  }

  static func < (left: Lineage, right: Lineage) -> Bool { left.value < right.value }
}
