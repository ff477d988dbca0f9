internal import Interlock
package import InterlockSystem

/// Standard output does not take what is printed.
package struct OutputError: Error, Sendable, Hashable {
  package let cause: SystemError

  /// Output failed for this reason.
  package init(cause: SystemError) { self.cause = cause }

  /// Whether the reader has stopped reading, as in `interlock … | head`: that is its right, while
  /// anything else loses what somebody wanted.
  package var isReaderGone: Bool { cause.isReaderGone }
}

/// Notices when what a thread of its own writes does not get through.
package final class OutputWatch: Sendable {
  private let error = Guarded<OutputError?>(nil)
  private let bell = Doorbell()

  /// Nothing has failed yet.
  package init() {}

  /// Takes note of a failed write; the first one counts.
  package func note(_ failure: OutputError) {
    error.withLock { $0 = $0 ?? failure }
    bell.ring()
  }

  /// - Throws: `OutputError` when a write has failed.
  package func check() throws(OutputError) {
    if let error = error.withLock(\.self) { throw error }
  }

  /// Waits for a failed write; one task waits.
  ///
  /// - Throws: `OutputError` when one has failed; `CancellationError`.
  package func failed() async throws {
    while true {
      bell.hush()
      try check()
      if case .cancelled = await bell.wait() { throw CancellationError() }
    }
  }
}
