/// Why a protected connection was not made, or ended.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What happened and, where there is one, the way out.
  public let description: String

  /// An error with these words.
  public init(_ description: String) { self.description = description }
}
