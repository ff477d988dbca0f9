/// Looks for an order of the operations on one object that explains their results.
///
/// It knows operations and states by number only, and asks what an operation leaves of a state.
///
/// An operation may come next if no other that is not yet placed returned before it was called. Wing and Gong's
/// search tries those one after the other, depth first; by Lowe's addition what it reaches a second time, with
/// the same operations placed and in the same state, is not entered again.
///
/// *Complexity*: exponential in the number of operations at a time in the worst case, as the problem is
/// NP-complete; near linear in the length of the history for few at a time.
///
/// *Source*: Wing, Gong: Testing and verifying concurrent objects, Journal of Parallel and Distributed Computing
/// 17, 1993. Lowe: Testing for linearizability, Concurrency and Computation 29(4), 2017.
@usableFromInline struct LinearizationSearch {
  @usableFromInline enum Outcome {
    /// An order that explains all results, of operations by number.
    case found([Int])
    /// There is none.
    case impossible(DeadEnd)
    /// More configurations than the limit allows.
    case undecided
  }

  /// Where no operation can come next.
  @usableFromInline struct DeadEnd {
    @usableFromInline var order: [Int]
    @usableFromInline var state: Int
    /// Called before the first of them returned, and not placed: none can come next.
    @usableFromInline var stuck: [Int]
    /// How many were called after that.
    @usableFromInline var later: Int
  }

  /// An operation that was placed.
  private struct Step {
    let call: Int
    /// What to go back to.
    let state: Int
    let highest: Int
    /// The same step in ``tree``.
    let branch: Int
  }

  /// A step that was tried, with the one before it; -1 for none.
  private struct Branch {
    let operation: Int
    let parent: Int
  }

  private let operations: Int
  private let limit: Int

  private var events: EventList
  private var placed: OperationSet
  private var state: Int
  /// The highest operation that was placed.
  private var highest = -1
  private var steps: [Step] = []
  private var seen: Set<Configuration>
  /// All steps ever taken: the best dead end is known by its last.
  private var tree: [Branch] = []
  /// Operations that returned and were not placed.
  private var missing: Int

  private var furthest = -1
  private var furthestCount = -1
  private var furthestBranch = -1

  @usableFromInline init(_ events: [HistoryEvent], operations: Int, state: Int, limit: Int) {
    self.operations = operations
    self.state = state
    self.limit = limit
    self.events = EventList(events, operations: operations)
    placed = OperationSet(count: operations)
    seen = Set(minimumCapacity: min(operations, limit))
    missing = events.count - operations
    steps.reserveCapacity(operations)
    tree.reserveCapacity(operations)
  }

  /// Searches, once.
  ///
  /// - Parameter next: The state that the second, an operation, leaves of the first; nil when it cannot come
  ///   there.
  /// - Returns: an order of operations, or where it ends.
  @usableFromInline mutating func run(_ next: (Int, Int) -> Int?) -> Outcome {
    var place = events.first
    while missing > 0 {
      if events.isCall(place) {
        let call = place
        guard seen.count < limit else { return .undecided }
        place = enter(call, next) ? events.first : events.after(call)
      } else {
        // The operation that returns here must be placed by now, and no other can come before it.
        deadEnd(at: place)
        guard let step = steps.popLast() else { return .impossible(furthestDeadEnd(next)) }
        leave(step)
        place = events.after(step.call)
      }
    }
    return .found(order(to: steps.last?.branch ?? -1))
  }

  /// Lets an operation come next, if it can and that is new.
  private mutating func enter(_ call: Int, _ next: (Int, Int) -> Int?) -> Bool {
    let number = events.operation(at: call)
    let hasReturned = events.returns(call)
    guard let next = next(state, number) else { return false }
    // A pending operation without an effect might as well not have happened.
    if !hasReturned, next == state { return false }

    events.lift(call)
    placed.insert(number)
    let highest = max(highest, number)
    let isNew =
      events.first == EventList.end
      || seen.insert(
        Configuration(
          placed, gap: events.operation(at: events.first), highest: highest, state: next)
      ).inserted
    guard isNew else {
      placed.remove(number)
      events.putBack(call)
      return false
    }
    tree.append(Branch(operation: number, parent: steps.last?.branch ?? -1))
    steps.append(Step(call: call, state: state, highest: self.highest, branch: tree.count - 1))
    state = next
    self.highest = highest
    if hasReturned { missing -= 1 }
    return true
  }

  private mutating func leave(_ step: Step) {
    let number = events.operation(at: step.call)
    if events.returns(step.call) { missing += 1 }
    state = step.state
    highest = step.highest
    placed.remove(number)
    events.putBack(step.call)
  }

  /// Remembers the dead end that is furthest in time, and of these the one with the most operations placed.
  ///
  /// So each operation that is stuck there is impossible in its state: otherwise one more could be placed.
  private mutating func deadEnd(at place: Int) {
    guard (place, steps.count) > (furthest, furthestCount) else { return }
    (furthest, furthestCount) = (place, steps.count)
    furthestBranch = steps.last?.branch ?? -1
  }

  private func order(to last: Int) -> [Int] {
    var order: [Int] = []
    var branch = last
    while branch >= 0 {
      order.append(tree[branch].operation)
      branch = tree[branch].parent
    }
    return order.reversed()
  }

  /// Plays the best dead end again; nothing is placed when the search is over.
  private func furthestDeadEnd(_ next: (Int, Int) -> Int?) -> DeadEnd {
    let order = order(to: furthestBranch)
    var state = self.state
    var isPlaced = [Bool](repeating: false, count: operations)
    for number in order {
      state = next(state, number) ?? state
      isPlaced[number] = true
    }
    var stuck: [Int] = []
    var later = isPlaced.count { !$0 }
    var place = events.first
    while place != furthest {
      let number = events.operation(at: place)
      if events.isCall(place), !isPlaced[number] {
        later -= 1
        // What is left here with a next state is pending and without effect: it explains nothing.
        if next(state, number) == nil { stuck.append(number) }
      }
      place = events.after(place)
    }
    return DeadEnd(order: order, state: state, stuck: stuck, later: later)
  }
}
