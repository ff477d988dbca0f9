/// A balance of credits that is never negative: nobody takes more than there is.
public struct CreditModel: SequentialModel {
  /// What may be asked; amounts are not negative.
  public enum Operation: Sendable, Hashable {
    /// To take so many, all or none.
    case take(Int)
    /// To give so many.
    case give(Int)
    /// How many there are.
    case balance
  }

  /// What may be answered.
  public enum Result: Sendable, Hashable {
    /// To `take`: they were taken.
    case taken
    /// To `take`: there were fewer, and none was taken.
    case refused
    /// To `give`.
    case given
    /// To `balance`.
    case balance(Int)
  }

  /// The balance at first.
  public let initial: Int

  /// A balance.
  ///
  /// - Parameter initial: At first, not negative.
  public init(initial: Int) {
    precondition(initial >= 0, "a balance of \(initial) is negative")
    self.initial = initial
  }

  /// What the operation leaves; nil when it cannot have had that result.
  @inlinable public func step(_ state: Int, _ operation: Operation, _ result: Result?) -> Int? {
    switch operation {
    case .take(let amount):
      guard amount >= 0 else { return nil }
      guard amount <= state else { return result == nil || result == .refused ? state : nil }
      return result == nil || result == .taken ? state - amount : nil
    case .give(let amount):
      let (sum, isTooMuch) = state.addingReportingOverflow(amount)
      guard amount >= 0, !isTooMuch else { return nil }
      return result == nil || result == .given ? sum : nil
    case .balance:
      return result == nil || result == .balance(state) ? state : nil
    }
  }
}
