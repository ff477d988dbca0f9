/// Why a history is not linearizable: how far its results can be explained, and where that ends.
public struct Counterexample<Model: SequentialModel>: Sendable {
  /// The object it is about; nil if the model has no keys.
  public let key: Model.Key?
  /// An order that explains its own results, gets as far in time as any, and is the longest of those.
  ///
  /// Every operation on the object that returned before all of ``stuck`` is in it.
  public let order: [RecordedOperation<Model>]
  /// The state that order leaves.
  public let state: Model.State
  /// One of these must come next, as one has returned; in that state none can.
  public let stuck: [RecordedOperation<Model>]
  /// Operations on the object that were called later.
  public let later: Int

  @inlinable init(
    key: Model.Key?, order: [RecordedOperation<Model>], state: Model.State,
    stuck: [RecordedOperation<Model>], later: Int
  ) {
    self.key = key
    self.order = order
    self.state = state
    self.stuck = stuck
    self.later = later
  }
}

extension Counterexample: CustomStringConvertible {
  /// Operations of the order that are shown: the last ones matter.
  private static var shown: Int { 20 }

  /// What can be explained, and what cannot.
  public var description: String {
    let subject = key.map { " for \($0)" } ?? ""
    var lines = ["not linearizable\(subject): no order explains every result"]
    lines.append("explained, in this order:")
    let hidden = order.count - Self.shown
    if hidden > 0 { lines.append("  … \(hidden) before") }
    lines += order.suffix(Self.shown).map { "  \($0)" }
    lines.append("state then: \(state)")
    lines.append("cannot come next:")
    lines += stuck.map { "  \($0)" }
    if later > 0 { lines.append("called later: \(later)") }
    return lines.joined(separator: "\n")
  }
}
