/// What is wrong with a JSON text, or with a value found in it, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and what would be right.
  public var problem: String
  /// Where; nil for a value that was made in a program and not read from a text.
  public var position: JSONPosition?

  /// An error about what stands at `position`.
  public init(_ problem: String, at position: JSONPosition?) {
    self.problem = problem
    self.position = position
  }

  /// "line 3, column 14: a comma is missing".
  public var description: String { position.map { "\($0): \(problem)" } ?? problem }
}
