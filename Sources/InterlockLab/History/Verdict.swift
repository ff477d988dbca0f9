extension Linearizability {
  /// What is known of a history.
  public enum Verdict<Model: SequentialModel>: Sendable {
    /// It is linearizable: its operations in an order that explains all results.
    ///
    /// A pending one is in it where it is taken to have had its effect, or not at all.
    case linearizable([RecordedOperation<Model>])
    /// It is not.
    case notLinearizable(Counterexample<Model>)
    /// The search met its limit.
    case undecided(limit: Int)

    /// Whether an order was found.
    public var isLinearizable: Bool {
      guard case .linearizable = self else { return false }
      return true
    }
  }
}

extension Linearizability.Verdict: CustomStringConvertible {
  /// The order, or why there is none.
  public var description: String {
    switch self {
    case .linearizable(let order):
      (["linearizable:"] + order.map { "  \($0)" }).joined(separator: "\n")
    case .notLinearizable(let counterexample): counterexample.description
    case .undecided(let limit):
      "not known to be linearizable: the search ended at its limit of \(limit) configurations"
    }
  }
}
