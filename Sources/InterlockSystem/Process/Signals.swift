internal import CInterlock
internal import Glibc
internal import Interlock

/// A request from outside the process.
package enum ProcessSignal: Sendable, Hashable, CaseIterable {
  /// SIGTERM: stop.
  case terminate
  /// SIGINT: the person at the terminal wants it to stop.
  case interrupt
  /// SIGHUP: read the configuration again.
  case reload

  /// The system's number.
  package var number: CInt {
    switch self {
    case .terminate: SIGTERM
    case .interrupt: SIGINT
    case .reload: SIGHUP
    }
  }
}

/// Signals as values that a task waits for.
///
/// A handler writes one byte to a pipe and does nothing else, which is all that a handler may do.
/// One object at a time receives a signal; `close` and release give it back its former effect.
package final class Signals: Sendable {
  private let watched: [ProcessSignal]
  private let stream: ByteStream
  private let input: FileDescriptor
  private let isClosed = Guarded(false)

  /// Begins to receive `signals` instead of what they did before.
  ///
  /// - Throws: `SystemError` when the process is out of descriptors.
  package init(_ signals: [ProcessSignal], loop: EventLoop = .shared) throws(SystemError) {
    let pipe = try SystemPipe(isBlocking: false)
    input = pipe.input
    stream = try ByteStream(owning: pipe.output, kind: .pipe, name: "signals", loop: loop)
    watched = signals
    for signal in signals {
      guard cinterlock_signal_forward(signal.number, input.raw) == 0 else {
        throw SystemError("receive", "signal \(signal)")
      }
    }
  }

  deinit {
    close()
  }

  /// Has a write that nobody reads, or that a limit on the size of files forbids, fail with an error
  /// (EPIPE, EFBIG) instead of ending the process (SIGPIPE, SIGXFSZ), for good; programs it starts under supervision
  /// are ended as ever.
  package static func ignoreThoseOfWrites() {
    for number in [SIGPIPE, SIGXFSZ] { _ = cinterlock_signal_ignore(number) }
  }

  /// Lets every signal through to a program that begins, whatever the one that started it held back: what is
  /// started from a thread of Dispatch could not be ended by SIGTERM.
  package static func unblockAll() {
    var none = sigset_t()
    unsafe sigemptyset(&none)
    _ = unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
  }

  /// Waits for the next signal.
  ///
  /// - Returns: the signals that came since, in order; at least one.
  /// - Throws: `SystemError` when this was closed; `CancellationError`.
  package func next() async throws -> [ProcessSignal] {
    let bytes = try await stream.read(upTo: 64)
    return bytes.compactMap { byte in ProcessSignal.allCases.first { $0.number == CInt(byte) } }
  }

  /// Gives the signals back their former effect.
  package func close() {
    let isFirst = isClosed.withLock { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
    guard isFirst else { return }
    for signal in watched { _ = cinterlock_signal_restore(signal.number) }
    stream.close()
  }
}
