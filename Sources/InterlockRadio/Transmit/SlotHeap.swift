/// A binary heap of slot numbers by key, from which any slot can be taken out, not just the first.
///
/// Slots are small numbers given out by the queue; a slot is in the heap at most once.
///
/// *Complexity:* `insert` and `remove` logarithmic, `first` and `contains` constant.
struct SlotHeap<Key: Comparable & Sendable>: Sendable {
  private var nodes: [(key: Key, slot: Int)] = []
  /// Where each slot is in `nodes`; −1 when it is not.
  private var positions: [Int] = []

  var count: Int { nodes.count }
  var isEmpty: Bool { nodes.isEmpty }

  /// The slot with the smallest key, and that key.
  var first: (key: Key, slot: Int)? { nodes.first }

  func contains(_ slot: Int) -> Bool {
    slot < positions.count && positions[slot] >= 0
  }

  /// Puts a slot in, or moves it when it is in already.
  mutating func insert(_ slot: Int, key: Key) {
    remove(slot)
    while positions.count <= slot { positions.append(-1) }
    nodes.append((key, slot))
    positions[slot] = nodes.count - 1
    rise(from: nodes.count - 1)
  }

  /// Takes a slot out; does nothing when it is not in.
  mutating func remove(_ slot: Int) {
    guard contains(slot) else { return }
    let hole = positions[slot]
    positions[slot] = -1
    let last = nodes.removeLast()
    guard last.slot != slot else { return }
    nodes[hole] = last
    positions[last.slot] = hole
    rise(from: hole)
    sink(from: positions[last.slot])
  }

  private mutating func rise(from start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard nodes[index].key < nodes[parent].key else { return }
      swap(index, parent)
      index = parent
    }
  }

  private mutating func sink(from start: Int) {
    var index = start
    while true {
      var smallest = index
      for child in (2 * index + 1)...(2 * index + 2)
      where child < nodes.count && nodes[child].key < nodes[smallest].key {
        smallest = child
      }
      guard smallest != index else { return }
      swap(index, smallest)
      index = smallest
    }
  }

  private mutating func swap(_ left: Int, _ right: Int) {
    nodes.swapAt(left, right)
    positions[nodes[left].slot] = left
    positions[nodes[right].slot] = right
  }
}
