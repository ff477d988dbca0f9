/// The greatest fence that a guarded thing has seen.
///
/// It is asked in the same step that writes: checked before an await and written after it, it would guard nothing.
public struct FenceRegister: Sendable, Hashable {
  /// The greatest that was accepted; nil when none was.
  public private(set) var greatest: Fence?

  /// A thing that has seen `greatest`; nil for a new one.
  public init(_ greatest: Fence? = nil) {
    self.greatest = greatest
  }

  /// Whether a write under `fence` may be done now; then every write under a smaller one is refused from here on.
  ///
  /// The same fence is accepted any number of times: a grant may write more than once.
  public mutating func accept(_ fence: Fence) -> Bool {
    if let greatest, fence < greatest { return false }
    greatest = fence
    return true
  }
}
