/// What an object does when its operations come one after the other: the specification that a concurrent
/// one is held against.
///
/// A model decides: it is pure, and its ``step(_:_:_:)`` gives the same answer each time.
///
/// *Source*: Herlihy, Wing: Linearizability: a correctness condition for concurrent objects, ACM TOPLAS 12(3),
/// 1990.
public protocol SequentialModel: Sendable {
  /// All that the next result may depend on.
  associatedtype State: Hashable & Sendable
  /// What may be asked of the object, with its arguments.
  associatedtype Operation: Sendable
  /// What the object may answer.
  associatedtype Result: Sendable
  /// What tells apart the independent objects a history is about; `Never` when it is about one.
  associatedtype Key: Hashable & Sendable = Never

  /// The state before the first operation.
  var initial: State { get }

  /// Takes one operation.
  ///
  /// - Parameters:
  ///   - state: The state it meets.
  ///   - operation: What was asked.
  ///   - result: What was answered; nil if the operation never returned. Then this is about the case that it
  ///     took effect all the same, and any answer will do.
  /// - Returns: the state it leaves; nil when it cannot have had this result here.
  func step(_ state: State, _ operation: Operation, _ result: Result?) -> State?

  /// The object an operation is about. Each key has a state of its own, ``initial`` at first, and is checked
  /// for itself, which is much faster: by Herlihy and Wing's locality theorem a history is linearizable if and
  /// only if its part for every object is.
  func key(of operation: Operation) -> Key?
}

extension SequentialModel where Key == Never {
  /// One object: nothing to tell apart.
  @inlinable public func key(of operation: Operation) -> Never? { nil }
}
