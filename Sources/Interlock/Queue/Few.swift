/// A short list that is nearly always empty or of one element: the first lies inline, so that the
/// common step allocates nothing.
package struct Few<Element>: Sequence {
  private var first: Element?
  private var rest: [Element] = []

  package init() {}

  package init(_ element: Element) { first = element }

  package var isEmpty: Bool { first == nil }

  package mutating func append(_ element: Element) {
    if first == nil {
      first = element
    } else {
      rest.append(element)
    }
  }

  package struct Iterator: IteratorProtocol {
    var first: Element?
    var rest: IndexingIterator<[Element]>

    package mutating func next() -> Element? {
      first.take() ?? rest.next()
    }
  }

  package func makeIterator() -> Iterator {
    Iterator(first: first, rest: rest.makeIterator())
  }
}

extension Few: Sendable where Element: Sendable {}
extension Few: Equatable where Element: Equatable {}
