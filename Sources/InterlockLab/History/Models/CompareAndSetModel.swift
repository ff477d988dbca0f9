/// A variable that is also changed on condition: `compareAndSet` replaces the value only if it is the expected
/// one, and says whether it did.
public struct CompareAndSetModel<Value: Hashable & Sendable>: SequentialModel {
  /// What may be asked.
  public enum Operation: Sendable, Hashable {
    /// For the value.
    case read
    /// To replace it.
    case write(Value)
    /// To replace the first by the second.
    case compareAndSet(Value, Value)
  }

  /// What may be answered.
  public enum Result: Sendable, Hashable {
    /// To a read.
    case value(Value)
    /// To a write, or to a `compareAndSet` that found the expected value.
    case written
    /// To a `compareAndSet` that found another value.
    case refused
  }

  /// The value at first.
  public let initial: Value

  /// A register that holds `initial` at first.
  public init(initial: Value) {
    self.initial = initial
  }

  /// What the operation leaves; nil when it cannot have had that result.
  @inlinable public func step(_ state: Value, _ operation: Operation, _ result: Result?) -> Value? {
    switch operation {
    case .read: result == nil || result == .value(state) ? state : nil
    case .write(let value): result == nil || result == .written ? value : nil
    case .compareAndSet(let expected, let value):
      if expected == state {
        result == nil || result == .written ? value : nil
      } else {
        result == nil || result == .refused ? state : nil
      }
    }
  }
}
