/// A set, empty at first.
///
/// No element has to do with another, so each is a key of its own.
public struct SetModel<Element: Hashable & Sendable>: SequentialModel {
  /// What may be asked; the answer is a truth value.
  public enum Operation: Sendable, Hashable {
    /// To put an element in: was it missing?
    case insert(Element)
    /// To take one out: was it there?
    case remove(Element)
    /// Is it there?
    case contains(Element)
  }

  /// Whether the element of the key is in the set.
  @inlinable public var initial: Bool { false }

  /// An empty set.
  public init() {}

  /// What the operation leaves; nil when it cannot have had that result.
  @inlinable public func step(_ state: Bool, _ operation: Operation, _ result: Bool?) -> Bool? {
    switch operation {
    case .insert: result == nil || result == !state ? true : nil
    case .remove: result == nil || result == state ? false : nil
    case .contains: result == nil || result == state ? state : nil
    }
  }

  /// The element.
  @inlinable public func key(of operation: Operation) -> Element? {
    switch operation {
    case .insert(let element), .remove(let element), .contains(let element): element
    }
  }
}
