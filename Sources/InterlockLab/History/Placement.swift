/// An operation of a history, and the moment it may take effect.
@usableFromInline struct Placement: Comparable {
  /// Just after the call of the operation with this number.
  private let moment: Int
  /// Among those of the same moment.
  private let index: Int
  private let operation: Int

  @usableFromInline static func < (lhs: Placement, rhs: Placement) -> Bool {
    (lhs.moment, lhs.index) < (rhs.moment, rhs.index)
  }

  /// Gives each operation on one object the first moment it may take effect in an order that explains them.
  ///
  /// That is when it and all before it were called; it has not returned then, as no operation comes in the order
  /// after one that was called when it had returned.
  ///
  /// - Parameters:
  ///   - order: The operations on the object, by number.
  ///   - numbers: What they are called in the whole history.
  /// - Returns: as many, in that order.
  @usableFromInline static func placements(_ order: [Int], _ numbers: [Int]) -> [Placement] {
    var moment = 0
    return order.enumerated().map { index, operation in
      moment = max(moment, numbers[operation])
      return Placement(moment: moment, index: index, operation: numbers[operation])
    }
  }

  /// One order for all objects: moments are those of the whole history, and one moment is of one object.
  @usableFromInline static func merge(_ placements: [Placement]) -> [Int] {
    placements.sorted().map(\.operation)
  }
}
