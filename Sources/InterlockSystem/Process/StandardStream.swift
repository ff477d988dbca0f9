internal import CInterlock
internal import Glibc

/// The three streams every process is born with.
package enum StandardStream: Int32, Sendable {
  case input = 0
  case output = 1
  case error = 2

  /// Whether a person is at the other end.
  package var isTerminal: Bool { isatty(rawValue) == 1 }

  /// The characters of a line of the terminal at the other end; nil when there is none, or it does not say.
  package var width: Int? {
    let columns = cinterlock_terminal_width(rawValue)
    return columns > 0 ? Int(columns) : nil
  }

  /// Whether both lead to the same pipe, file or terminal.
  package func isSame(as other: StandardStream) -> Bool {
    var (mine, others) = (stat(), stat())
    guard unsafe fstat(rawValue, &mine) == 0, unsafe fstat(other.rawValue, &others) == 0 else {
      return false
    }
    return mine.st_dev == others.st_dev && mine.st_ino == others.st_ino
  }

  /// Writes all of `text`, waiting for a slow reader.
  ///
  /// It blocks the calling thread: for commands that print and end, not for a running service.
  ///
  /// - Throws: `SystemError` when not all could be written; `isReaderGone` tells the two cases apart.
  package func write(_ text: String) throws(SystemError) {
    let number = BlockingWrite.write(Array(text.utf8), to: rawValue).failure
    if let number { throw SystemError("write", "standard \(self)", number: number) }
  }
}

extension SystemError {
  /// Whether nobody is left who reads what was to be written.
  package var isReaderGone: Bool { number == EPIPE }
}
