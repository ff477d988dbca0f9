/// Whether what a concurrent object did could have been done one operation after the other, each at some moment
/// between its call and its return.
///
/// *Source*: Herlihy, Wing: Linearizability: a correctness condition for concurrent objects, ACM TOPLAS 12(3),
/// 1990.
public enum Linearizability {
  /// A search that has seen a million configurations gives up: some hundred megabytes.
  public static let defaultLimit = 1_000_000

  /// Checks a history as it is now: what has not returned is pending, and may or may not have happened.
  ///
  /// - Parameters:
  ///   - history: What was done.
  ///   - limit: How many configurations (operations placed, state) the search may look at for each key.
  /// - Returns: an order that explains it, or where there is none.
  @inlinable  // Compiled for the caller's model it is five times as fast.
  public static func check<Model>(
    _ history: History<Model>, limit: Int = defaultLimit
  ) -> Verdict<Model> {
    let record = history.record
    var placements: [Placement] = []
    for part in HistoryPart.parts(of: record, history.model) {
      let operations = part.record.operations
      var states = StateTable(history.model, operations)
      var search = LinearizationSearch(
        part.record.events, operations: operations.count, state: StateTable<Model>.initial,
        limit: limit)
      switch search.run({ states.next($0, $1) }) {
      case .found(let order): placements += Placement.placements(order, part.numbers)
      case .impossible(let deadEnd):
        return .notLinearizable(
          Counterexample(
            key: part.key, order: deadEnd.order.map { operations[$0] },
            state: states[deadEnd.state], stuck: deadEnd.stuck.map { operations[$0] },
            later: deadEnd.later))
      case .undecided: return .undecided(limit: limit)
      }
    }
    return .linearizable(Placement.merge(placements).map { record.operations[$0] })
  }
}
