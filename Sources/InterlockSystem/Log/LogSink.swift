internal import Glibc
package import Interlock

/// Where log lines go: standard error or a file, written by a thread of its own.
///
/// A caller only appends to a buffer. When the disk or the terminal does not keep up, lines beyond
/// `capacity` are dropped and counted, and the count is written as soon as there is room: a full
/// log never holds up a radio. Warnings of the same words are limited to one each
/// ten seconds; the next one says how many were left out.
package final class LogSink: Sendable {
  /// Where lines go.
  package enum Destination: Sendable {
    /// Standard error.
    case standardError
    /// The end of a file, which is made when missing.
    case file(String)
  }

  private struct State {
    var buffer: [UInt8] = []
    var isDraining = false
    var dropped: UInt64 = 0
    var limiter = RepeatLimiter()
    var flushers: [CheckedContinuation<Void, Never>] = []
  }

  /// The least level that is written.
  package let level: LogLevel
  private let style: LogRecord.Style
  private let capacity: Int
  private let clock: any MonotonicClock
  private let descriptor: FileDescriptor
  private let state = Guarded(State())
  private let pool = BlockingPool(width: 1, capacity: 1)

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
    self.capacity = capacity
    self.clock = clock
    switch destination {
    case .standardError:
      descriptor = try FileDescriptor(
        dup(STDERR_FILENO), orThrow: "open", "standard error")
    case .file(let path):
      let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY
      descriptor = try FileDescriptor(
        systemOpen(path, flags, mode: mode_t(AtomicFile.publicMode)), orThrow: "open", path)
    }
  }

  /// Writes a record, or counts it as dropped; never waits.
  package func log(_ record: LogRecord) {
    guard record.level >= level else { return }
    let now = clock.now
    let line = Array(record.line(style).utf8)
    let mustStart = state.withLock { state in
      guard let leftOut = state.limiter.admit(record, at: now) else { return false }
      guard state.buffer.count + line.count <= capacity else {
        state.dropped += 1
        return false
      }
      if leftOut > 0 { append("the next line was left out \(leftOut) times", .info, to: &state) }
      state.buffer += line
      defer { state.isDraining = true }
      return !state.isDraining
    }
    if mustStart { startDraining() }
  }

  /// Waits until everything logged so far has been written, as before the process ends.
  package func flush() async {
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        if state.isDraining { state.flushers.append(continuation) }
        return !state.isDraining
      }
      if isIdle { continuation.resume() }
    }
  }

  private func append(_ text: String, _ level: LogLevel, to state: inout State) {
    state.buffer += Array(LogRecord(level, text).line(style).utf8)
  }

  private func startDraining() {
    do {
      try pool.submit { self.drain() }
    } catch {
      // No thread to be had: this caller writes, which is slow but loses nothing.
      drain()
    }
  }

  /// Writes until the buffer is empty; runs on the pool's one thread.
  private func drain() {
    while true {
      typealias Flusher = CheckedContinuation<Void, Never>
      let (bytes, flushers): ([UInt8], [Flusher]) = state.withLock { state in
        if state.dropped > 0 {
          append("\(state.dropped) log lines dropped: the log is too slow", .warning, to: &state)
          state.dropped = 0
        }
        defer { state.buffer = [] }
        guard state.buffer.isEmpty else { return (state.buffer, []) }
        state.isDraining = false
        defer { state.flushers = [] }
        return ([], state.flushers)
      }
      for flusher in flushers { flusher.resume() }
      if bytes.isEmpty { return }
      write(bytes)
    }
  }

  private func write(_ bytes: [UInt8]) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(
          descriptor.raw, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN {
        // Standard error may be shared with a program that made it non-blocking.
        var wanted = pollfd(fd: descriptor.raw, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&wanted, 1, -1)
        continue
      }
      // A full disk or a closed terminal: there is nowhere left to say so but the next lines.
      guard count > 0 else {
        state.withLock { $0.dropped += 1 }
        return
      }
      written += count
    }
  }
}
