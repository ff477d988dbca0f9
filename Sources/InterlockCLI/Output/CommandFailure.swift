/// Why a command ended without doing what was asked: what happened, what to do, and the status.
struct CommandFailure: Error, Sendable, Hashable, CustomStringConvertible {
  let status: ExitStatus
  /// What happened, naming the thing.
  let what: String
  /// The way out.
  let remedy: String

  init(_ status: ExitStatus, _ what: String, _ remedy: String) {
    self.status = status
    self.what = what
    self.remedy = remedy
  }

  /// The line for standard error, without the program's name.
  var description: String { "\(what); \(remedy)" }
}

/// The status of a command whose output has already said everything.
struct SilentEnd: Error, Sendable, Hashable {
  let status: ExitStatus

  init(_ status: ExitStatus) { self.status = status }
}
