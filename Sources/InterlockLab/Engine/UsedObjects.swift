/// What the steps of a run used, numbered in the order in which it was first seen.
struct UsedObjects: Sendable {
  private struct Entry {
    let address: UInt
    let isObject: Bool
  }

  private var entries: [Entry] = []

  /// How many there are: whatever comes next has this number.
  var count: Int32 { Int32(truncatingIfNeeded: entries.count) }

  /// The number of something; the address of an object stays its own until the run is over, also when the
  /// object dies, so that two objects are never taken for one.
  mutating func number(of address: UInt, isObject: Bool) -> Int32 {
    if let index = entries.lastIndex(where: { $0.address == address }) {
      return Int32(truncatingIfNeeded: index)
    }
    if isObject { RuntimeObject(address: address).keepAddress() }
    entries.append(Entry(address: address, isObject: isObject))
    return count - 1
  }

  mutating func removeAll() {
    for entry in entries where entry.isObject {
      RuntimeObject(address: entry.address).freeAddress()
    }
    entries.removeAll(keepingCapacity: true)
  }
}
