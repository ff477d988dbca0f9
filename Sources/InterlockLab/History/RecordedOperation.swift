/// An operation of a history: what was asked and answered, from when to when.
public struct RecordedOperation<Model: SequentialModel>: Sendable {
  /// What was asked.
  public let operation: Model.Operation
  /// What was answered; nil if it has not returned.
  public internal(set) var result: Model.Result?
  /// When it was called: the step of a lab, otherwise the number of the event, from 1.
  public let called: Int
  /// When it returned, maybe in the step it was called in; nil if it has not.
  public internal(set) var returned: Int?

  init(operation: Model.Operation, called: Int) {
    self.operation = operation
    self.called = called
  }
}

extension RecordedOperation: CustomStringConvertible {
  /// What was asked, what was answered, and from when to when.
  public var description: String {
    let answer = result.map { "\($0)" } ?? "pending"
    return "\(operation) → \(answer)  [\(called)...\(returned.map(String.init) ?? "")]"
  }
}
