internal import Interlock
internal import InterlockCommandLine
internal import InterlockSystem

extension LineWriter {
  /// The most bytes that wait for a reader.
  private static let consoleCapacity = 1 << 20
  /// How long a program that ends waits for its reader.
  private static let patience = Duration.seconds(2)

  /// Standard output of a program that must not wait for its reader.
  ///
  /// - Parameters:
  ///   - console: Where lines go.
  ///   - onFailure: Told of every write that fails, for a program that lives by its output.
  convenience init(
    _ console: Console, onFailure: @escaping @Sendable (OutputError) -> Void = { _ in }
  ) {
    self.init(
      capacity: Self.consoleCapacity,
      note: { "… \($0) lines left out: the reader is too slow\n" },
      write: { bytes in
        do throws(OutputError) {
          try console.write(String(decoding: bytes, as: UTF8.self))
          return bytes.count
        } catch {
          onFailure(error)
          return 0
        }
      })
  }

  /// Waits until everything is written, but not for a reader that has stopped reading.
  func flushBeforeEnd(clock: any MonotonicClock = SystemClock()) async {
    // Cut off by its deadline or its task, it has nothing to give up but lines nobody reads.
    _ = try? await withDeadline(clock.now.advanced(by: Self.patience), clock: clock) {
      await self.flush()
    }
  }
}
