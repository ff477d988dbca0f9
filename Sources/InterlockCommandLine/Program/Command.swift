/// A command of the program: what it declares, and what it does.
package protocol Command: Sendable {
  static var declaration: CommandDeclaration { get }

  /// Does the work; status 0 is to return.
  ///
  /// - Throws: `CommandFailure` for anything a script should tell apart; other errors end with 1.
  static func run(_ arguments: Arguments, _ console: Console) async throws
}
