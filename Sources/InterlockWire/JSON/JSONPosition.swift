/// Where something stands in a text, for people who have to find it there.
public struct JSONPosition: Sendable, Hashable, CustomStringConvertible {
  /// The line, counted from 1.
  public var line: Int
  /// The column in characters (Unicode scalars), counted from 1.
  public var column: Int
  /// Bytes before it.
  public var offset: Int

  /// A position in a text.
  public init(line: Int, column: Int, offset: Int) {
    self.line = line
    self.column = column
    self.offset = offset
  }

  /// "line 3, column 14".
  public var description: String { "line \(line), column \(column)" }
}
