internal import Interlock
internal import InterlockSystem

extension LineWriter {
  /// The most bytes that wait for a reader.
  private static let consoleCapacity = 1 << 20
  /// How long a program that ends waits for its reader.
  private static let patience = Duration.seconds(2)

  /// Standard output of a program that must not wait for its reader.
  convenience init(_ console: Console) {
    self.init(
      capacity: Self.consoleCapacity,
      note: { "… \($0) lines left out: the reader is too slow\n" },
      write: { console.write(String(decoding: $0, as: UTF8.self)) ? $0.count : 0 })
  }

  /// Waits until everything is written, but not for a reader that has stopped reading.
  func flushBeforeEnd(clock: any MonotonicClock = SystemClock()) async {
    // Cut off by its deadline or its task, it has nothing to give up but lines nobody reads.
    _ = try? await withDeadline(clock.now.advanced(by: Self.patience), clock: clock) {
      await self.flush()
    }
  }
}
