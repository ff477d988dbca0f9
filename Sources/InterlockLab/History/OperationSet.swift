/// Numbers of operations: a bit each.
struct OperationSet {
  private var words: [UInt64]

  /// The empty set, with room for the numbers below `count`.
  init(count: Int) {
    words = [UInt64](repeating: 0, count: (count + 63) / 64)
  }

  mutating func insert(_ operation: Int) {
    words[operation >> 6] |= 1 << UInt64(operation & 63)
  }

  mutating func remove(_ operation: Int) {
    words[operation >> 6] &= ~(1 << UInt64(operation & 63))
  }

  /// Which of the 64 numbers from `start` on are in it.
  func bits(from start: Int) -> UInt64 {
    let (word, shift) = (start >> 6, UInt64(start & 63))
    let low = words[word] >> shift
    guard shift > 0, word + 1 < words.count else { return low }
    return low | words[word + 1] << (64 - shift)
  }
}
