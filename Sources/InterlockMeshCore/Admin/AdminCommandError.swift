/// Why a command is not carried out: the text its sender is told.
public struct AdminCommandError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what would be right.
  public let description: String

  /// An error with this text.
  public init(_ description: String) { self.description = description }

  static let unknown = AdminCommandError("Unknown command")

  static func range(_ name: String, _ range: String) -> AdminCommandError {
    AdminCommandError("Error: \(name) must be \(range)")
  }
}
