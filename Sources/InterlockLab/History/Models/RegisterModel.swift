/// A variable: a read gives what the last write put there.
public struct RegisterModel<Value: Hashable & Sendable>: SequentialModel {
  /// What may be asked.
  public enum Operation: Sendable, Hashable {
    /// For the value.
    case read
    /// To replace it.
    case write(Value)
  }

  /// What may be answered.
  public enum Result: Sendable, Hashable {
    /// To a read.
    case value(Value)
    /// To a write.
    case written
  }

  /// The value before the first write.
  public let initial: Value

  /// A register that holds `initial` before the first write.
  public init(initial: Value) {
    self.initial = initial
  }

  /// What the operation leaves; nil when it cannot have had that result.
  @inlinable public func step(_ state: Value, _ operation: Operation, _ result: Result?) -> Value? {
    switch operation {
    case .read: result == nil || result == .value(state) ? state : nil
    case .write(let value): result == nil || result == .written ? value : nil
    }
  }
}
