/// A queue in a ring: elements join at the end and leave at the front in constant time.
///
/// The ring grows as needed, by doubling, and keeps its size; who needs a bound checks `count`.
@usableFromInline
package struct Deque<Element> {
  @usableFromInline
  var ring: [Element?] = []
  @usableFromInline
  var head = 0
  @usableFromInline
  package internal(set) var count = 0

  @inlinable
  package init() {}

  @inlinable package var isEmpty: Bool { count == 0 }
  @inlinable package var first: Element? { isEmpty ? nil : ring[head] }

  @inlinable
  package mutating func append(_ element: Element) {
    if count == ring.count { grow() }
    ring[(head + count) & (ring.count - 1)] = element
    count += 1
  }

  @inlinable
  package mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    let element = ring[head].take()
    head = (head + 1) & (ring.count - 1)
    count -= 1
    return element
  }

  /// Doubles the ring; its size is a power of two, so that positions wrap by masking.
  @inlinable
  mutating func grow() {
    var larger: [Element?] = []
    larger.reserveCapacity(max(8, 2 * ring.count))
    larger.append(contentsOf: ring[head...])
    larger.append(contentsOf: ring[..<head])
    larger.append(contentsOf: repeatElement(nil, count: max(8, 2 * ring.count) - larger.count))
    ring = larger
    head = 0
  }
}

extension Deque: Sendable where Element: Sendable {}
