/// Tasks of a run, by number: a bit each.
struct TaskSet: Sendable, Hashable {
  /// Higher numbers are not told apart.
  static let capacity = 128

  private var bits: UInt128 = 0

  var isEmpty: Bool { bits == 0 }

  /// The lowest; nil when there is none.
  var first: Int32? { isEmpty ? nil : Int32(truncatingIfNeeded: bits.trailingZeroBitCount) }

  mutating func insert(_ task: Int32) { bits |= Self.bit(task) }

  mutating func remove(_ task: Int32) { bits &= ~Self.bit(task) }

  func contains(_ task: Int32) -> Bool { bits & Self.bit(task) != 0 }

  func subtracting(_ other: TaskSet) -> TaskSet {
    var result = self
    result.bits &= ~other.bits
    return result
  }

  private static func bit(_ task: Int32) -> UInt128 {
    1 << UInt128(min(Int(task), capacity - 1))
  }
}
