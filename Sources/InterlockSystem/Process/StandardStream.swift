internal import Glibc

/// The three streams every process is born with.
package enum StandardStream: Int32, Sendable {
  case input = 0
  case output = 1
  case error = 2

  /// Whether a person is at the other end.
  package var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Writes all of `text`, waiting for a slow reader.
  ///
  /// It blocks the calling thread: for commands that print and end, not for a running service.
  ///
  /// - Returns: false when nobody reads any more, or the write failed for good.
  @discardableResult
  package func write(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return BlockingWrite.write(bytes, to: rawValue) == bytes.count
  }
}
