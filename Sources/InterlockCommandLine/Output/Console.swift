internal import InterlockSystem

/// Where a command prints: lines for people, or one JSON object a line.
package struct Console: Sendable {
  package let write: @Sendable (String) throws(OutputError) -> Void
  package let writeError: @Sendable (String) -> Void
  package let readLine: @Sendable () -> String?
  /// Whether a person is watching.
  package let isTerminal: Bool

  /// Streams of the caller's.
  package init(
    write: @escaping @Sendable (String) throws(OutputError) -> Void,
    writeError: @escaping @Sendable (String) -> Void, readLine: @escaping @Sendable () -> String?,
    isTerminal: Bool
  ) {
    self.write = write
    self.writeError = writeError
    self.readLine = readLine
    self.isTerminal = isTerminal
  }

  /// The process's own streams.
  package static let standard = Console(
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
  package func print(_ line: String) throws(OutputError) { try write(line + "\n") }

  /// Prints an error the way every command does.
  package func complain(_ failure: CommandFailure) { writeError("interlock: \(failure)\n") }

  /// Prints what does not keep a command from its work.
  package func warn(_ what: String, _ remedy: String) {
    writeError("interlock: warning: \(what); \(remedy)\n")
  }
}
