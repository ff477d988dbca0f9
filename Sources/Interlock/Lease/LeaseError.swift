/// Why a holder may not go on.
public struct LeaseError: Error, Sendable, Hashable {
  /// What the lease is called.
  public let name: String
  /// The fence of the grant.
  public let fence: Fence
  /// How things stand.
  public let refusal: LeaseMachine.Refusal

  /// A lease that cannot be proved.
  public init(name: String, fence: Fence, refusal: LeaseMachine.Refusal) {
    self.name = name
    self.fence = fence
    self.refusal = refusal
  }
}

extension LeaseError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch refusal {
    case .suspect:
      "the lease on '\(name)' (fence \(fence)) cannot be proved: its term is over and no renewal was confirmed; stop, or check again"
    case .lost(let loss): "the lease on '\(name)' (fence \(fence)) was lost: \(loss); stop"
    case .released: "the lease on '\(name)' (fence \(fence)) was given back; take it again"
    }
  }
}
