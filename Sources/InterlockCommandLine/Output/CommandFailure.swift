/// Why a command ended without doing what was asked: what happened, what to do, and the status.
package struct CommandFailure: Error, Sendable, Hashable, CustomStringConvertible {
  package let status: ExitStatus
  /// What happened, naming the thing.
  package let what: String
  /// The way out.
  package let remedy: String

  package init(_ status: ExitStatus, _ what: String, _ remedy: String) {
    self.status = status
    self.what = what
    self.remedy = remedy
  }

  /// The line for standard error, without the program's name.
  package var description: String { "\(what); \(remedy)" }
}

/// The status of a command whose output has already said everything.
package struct SilentEnd: Error, Sendable, Hashable {
  package let status: ExitStatus

  package init(_ status: ExitStatus) { self.status = status }
}
