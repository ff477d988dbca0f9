/// The events of a history in order of time, from which operations are lifted and put back: what Wing and
/// Gong's search walks along.
///
/// A ring over one array. Place 0 is the end, where it closes.
struct EventList {
  private struct Node {
    var previous: Int
    var next: Int
    let operation: Int
    /// For a call, where it returns, or 0 if it never did; -1 for a return.
    var returns: Int
  }

  /// The place after the last event and before the first.
  static let end = 0

  private var nodes: [Node]

  /// - Parameters:
  ///   - events: In order of time.
  ///   - operations: How many operations they are about.
  init(_ events: [HistoryEvent], operations: Int) {
    nodes = [Node(previous: events.count, next: 1, operation: -1, returns: -1)]
    nodes.reserveCapacity(events.count + 1)
    var calls = [Int](repeating: 0, count: operations)
    for event in events {
      let place = nodes.count
      let next = place == events.count ? Self.end : place + 1
      switch event {
      case .call(let operation):
        calls[operation] = place
        nodes.append(Node(previous: place - 1, next: next, operation: operation, returns: 0))
      case .return(let operation):
        nodes[calls[operation]].returns = place
        nodes.append(Node(previous: place - 1, next: next, operation: operation, returns: -1))
      }
    }
    if events.isEmpty { nodes[0].next = Self.end }
  }

  /// The earliest event that was not lifted; ``end`` when all were.
  var first: Int { nodes[Self.end].next }

  func after(_ place: Int) -> Int { nodes[place].next }

  func operation(at place: Int) -> Int { nodes[place].operation }

  /// Whether the operation that is called there returned.
  func returns(_ call: Int) -> Bool { nodes[call].returns > 0 }

  func isCall(_ place: Int) -> Bool { nodes[place].returns >= 0 }

  /// Takes out a call, and its return.
  mutating func lift(_ call: Int) {
    unlink(call)
    if nodes[call].returns > 0 { unlink(nodes[call].returns) }
  }

  /// Puts back what was lifted last.
  mutating func putBack(_ call: Int) {
    if nodes[call].returns > 0 { link(nodes[call].returns) }
    link(call)
  }

  private mutating func unlink(_ place: Int) {
    let (previous, next) = (nodes[place].previous, nodes[place].next)
    nodes[previous].next = next
    nodes[next].previous = previous
  }

  /// A node that is out still knows its neighbours.
  private mutating func link(_ place: Int) {
    nodes[nodes[place].previous].next = place
    nodes[nodes[place].next].previous = place
  }
}
