internal import Glibc
package import Interlock

/// Where log lines go: standard error or a file.
///
/// A `LineWriter` writes them: a slow terminal or a full disk never holds up a radio. Warnings of
/// the same words are limited to one each ten seconds; the next one says how many were left out.
package final class LogSink: Sendable {
  /// Where lines go.
  package enum Destination: Sendable {
    /// Standard error.
    case standardError
    /// The end of a file, which is made when missing.
    case file(String)
  }

  /// The least level that is written.
  package let level: LogLevel
  private let style: LogRecord.Style
  private let clock: any MonotonicClock
  private let limiter = Guarded(RepeatLimiter())
  private let writer: LineWriter

  /// Opens the destination.
  ///
  /// At most `capacity` bytes wait to be written.
  ///
  /// - Throws: `SystemError` when the file cannot be opened.
  package init(
    _ destination: Destination, level: LogLevel, style: LogRecord.Style,
    capacity: Int = 256 * 1024, clock: any MonotonicClock = SystemClock()
  ) throws(SystemError) {
    self.level = level
    self.style = style
    self.clock = clock
    let output = Output(try Self.open(destination))
    writer = LineWriter(
      capacity: capacity,
      note: { LogRecord(.warning, "\($0) log lines dropped: the log is too slow").line(style) },
      write: { output.write($0) })
  }

  /// Writes a record, or counts it as dropped; never waits.
  package func log(_ record: LogRecord) {
    guard record.level >= level else { return }
    let now = clock.now
    guard let leftOut = limiter.withLock({ $0.admit(record, at: now) }) else { return }
    let note =
      leftOut == 0
      ? "" : LogRecord(.info, "the next line was left out \(leftOut) times").line(style)
    writer.append(note + record.line(style))
  }

  /// Waits until everything logged so far is written, or cannot be, as before the process ends.
  ///
  /// It waits as long as the reader makes it: give it a deadline.
  ///
  /// *Cancellation:* returns at once.
  package func flush() async { await writer.flush() }

  /// Looks whether a log could be opened, without making its file.
  ///
  /// - Throws: `SystemError` naming the file or its folder.
  package static func check(file path: String) throws(SystemError) {
    let descriptor = systemOpen(path, openFlags)
    guard descriptor < 0 else {
      _ = FileDescriptor(owning: descriptor)
      return
    }
    guard errno == ENOENT else { throw SystemError("open", path) }
    try FileAccess.checkFolder(of: path)
  }

  /// A pipe that nobody reads is refused, not waited for.
  private static let openFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK

  private static func open(_ destination: Destination) throws(SystemError) -> FileDescriptor {
    switch destination {
    case .standardError:
      return try FileDescriptor(dup(STDERR_FILENO), orThrow: "open", "standard error")
    case .file(let path):
      return try FileDescriptor(
        systemOpen(path, openFlags | O_CREAT, mode: mode_t(AtomicFile.publicMode)),
        orThrow: "open", path)
    }
  }
}

/// The open destination, which a closure can hold.
private final class Output: Sendable {
  private let descriptor: FileDescriptor

  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  func write(_ bytes: [UInt8]) -> Int { BlockingWrite.write(bytes, to: descriptor.raw).count }
}
