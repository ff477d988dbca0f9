/// A queue, first in, first out, without a limit.
public struct QueueModel<Element: Hashable & Sendable>: SequentialModel {
  /// What may be asked.
  public enum Operation: Sendable, Hashable {
    /// To add an element at the back.
    case enqueue(Element)
    /// For the element at the front.
    case dequeue
  }

  /// What may be answered.
  public enum Result: Sendable, Hashable {
    /// To `enqueue`.
    case enqueued
    /// To `dequeue`, with the element that was at the front.
    case dequeued(Element)
    /// To `dequeue`, when there was none.
    case empty
  }

  /// The elements at first, the front first.
  public let initial: [Element]

  /// A queue that holds `initial` at first, its front first.
  public init(initial: [Element] = []) {
    self.initial = initial
  }

  /// What the operation leaves; nil when it cannot have had that result.
  @inlinable public func step(_ state: [Element], _ operation: Operation, _ result: Result?)
    -> [Element]?
  {
    switch operation {
    case .enqueue(let element):
      return result == nil || result == .enqueued ? state + [element] : nil
    case .dequeue:
      guard let front = state.first else { return result == nil || result == .empty ? state : nil }
      return result == nil || result == .dequeued(front) ? Array(state.dropFirst()) : nil
    }
  }
}
