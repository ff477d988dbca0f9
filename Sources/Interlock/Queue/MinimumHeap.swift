/// A binary heap: the smallest element is at hand, insertion and removal are logarithmic.
///
/// Equal elements come out in no promised order; who needs one makes it part of the element.
@usableFromInline
package struct MinimumHeap<Element: Comparable> {
  /// All elements, the smallest first, the others in no useful order.
  @usableFromInline
  package internal(set) var elements: [Element] = []

  @inlinable
  package init() {}

  /// Makes a heap of elements in any order, in linear time.
  @inlinable
  package init(_ elements: [Element]) {
    self.elements = elements
    for index in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(index) }
  }

  @inlinable package var count: Int { elements.count }
  @inlinable package var isEmpty: Bool { elements.isEmpty }
  @inlinable package var minimum: Element? { elements.first }

  @inlinable
  package mutating func insert(_ element: Element) {
    elements.append(element)
    var index = elements.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard elements[index] < elements[parent] else { return }
      elements.swapAt(index, parent)
      index = parent
    }
  }

  @inlinable
  @discardableResult
  package mutating func removeMinimum() -> Element? {
    guard let minimum = elements.first, let last = elements.popLast() else { return nil }
    if !elements.isEmpty {
      elements[0] = last
      sink(0)
    }
    return minimum
  }

  @inlinable
  mutating func sink(_ start: Int) {
    var index = start
    while true {
      let (left, right) = (2 * index + 1, 2 * index + 2)
      var smallest = index
      if left < elements.count, elements[left] < elements[smallest] { smallest = left }
      if right < elements.count, elements[right] < elements[smallest] { smallest = right }
      guard smallest != index else { return }
      elements.swapAt(index, smallest)
      index = smallest
    }
  }
}

extension MinimumHeap: Sendable where Element: Sendable {}
