internal import Glibc

/// A program to run, and what it is told beside its arguments.
package struct SupervisedCommand: Sendable {
  /// Its name, looked for in `PATH` unless it has a slash, and its arguments.
  package var words: [String]
  /// Variables it has beside those of this process.
  package var environment: [String: String]
  /// The variable that says which of its descriptors ends with its lease; nil for no such descriptor.
  package var leaseVariable: String?

  /// A program.
  package init(
    _ words: [String], environment: [String: String] = [:], leaseVariable: String? = nil
  ) {
    precondition(!words.isEmpty, "a program has a name")
    self.words = words
    self.environment = environment
    self.leaseVariable = leaseVariable
  }
}
