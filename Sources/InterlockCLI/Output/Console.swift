internal import InterlockSystem

/// Where a command prints: lines for people, or one JSON object a line.
struct Console: Sendable {
  let write: @Sendable (String) throws(OutputError) -> Void
  let writeError: @Sendable (String) -> Void
  let readLine: @Sendable () -> String?
  /// Whether a person is watching.
  let isTerminal: Bool

  /// The process's own streams.
  static let standard = Console(
    write: { (text) throws(OutputError) in
      do throws(SystemError) {
        try StandardStream.output.write(text)
      } catch {
        throw OutputError(cause: error)
      }
    },
    // There is nowhere to complain about the place for complaints.
    writeError: { try? StandardStream.error.write($0) },
    readLine: { Swift.readLine() },
    isTerminal: StandardStream.output.isTerminal)

  /// Prints one line.
  ///
  /// - Throws: `OutputError`: the command ends.
  func print(_ line: String) throws(OutputError) { try write(line + "\n") }

  /// Prints an error the way every command does.
  func complain(_ failure: CommandFailure) { writeError("interlock: \(failure)\n") }

  /// Prints what does not keep a command from its work.
  func warn(_ what: String, _ remedy: String) {
    writeError("interlock: warning: \(what); \(remedy)\n")
  }
}
