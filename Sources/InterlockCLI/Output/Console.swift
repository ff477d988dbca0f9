internal import InterlockSystem

/// Where a command prints: lines for people, or one JSON object a line.
struct Console: Sendable {
  let write: @Sendable (String) -> Bool
  let writeError: @Sendable (String) -> Void
  let readLine: @Sendable () -> String?
  /// Whether a person is watching.
  let isTerminal: Bool

  /// The process's own streams.
  static let standard = Console(
    write: { StandardStream.output.write($0) },
    writeError: { _ = StandardStream.error.write($0) },
    readLine: { Swift.readLine() },
    isTerminal: StandardStream.output.isTerminal)

  /// Prints one line.
  ///
  /// - Throws: `ReaderGone` when nobody reads any more (`interlock … | head`): the command ends.
  func print(_ line: String) throws(ReaderGone) {
    guard write(line + "\n") else { throw ReaderGone() }
  }

  /// Prints an error the way every command does.
  func complain(_ failure: CommandFailure) { writeError("interlock: \(failure)\n") }
}

/// Nobody reads the output any more.
struct ReaderGone: Error, Sendable, Hashable {}
