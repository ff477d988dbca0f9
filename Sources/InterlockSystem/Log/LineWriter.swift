internal import Interlock

/// Lines to somewhere that may be slow, full or gone, written by a thread of its own.
///
/// A caller only appends to a buffer and never waits. Lines beyond `capacity`, and those that could
/// not be written, are left out and counted; the count is written before the next line that can be.
/// After a failed write nothing is tried until there is a new line or a `flush`, so a full disk
/// costs one attempt a line and no more.
package final class LineWriter: Sendable {
  private typealias Flush = FirstAnswer<Void>

  private struct State {
    var pending: [UInt8] = []
    var leftOut = 0
    var isDraining = false
    /// Whether a write ended in the middle of a line.
    var isTorn = false
    var flushes: [Flush] = []
  }

  /// What is written in one piece: the note about lines left out, then the lines.
  private struct Batch {
    var bytes: [UInt8] = []
    var noteBytes = 0
    var noteCount = 0
    /// Whether it begins in the middle of a line that was cut off.
    var mendsTear = false
  }

  private let capacity: Int
  private let note: @Sendable (Int) -> String
  private let write: @Sendable ([UInt8]) -> Int
  private let state = Guarded(State())
  private let pool = BlockingPool(width: 1, capacity: 1)

  /// Makes a writer.
  ///
  /// - Parameters:
  ///   - capacity: The most bytes that wait.
  ///   - note: The line that says how many were left out, with its line end.
  ///   - write: Writes bytes and returns how many it wrote: all of them, unless it failed for good.
  ///     It may block; it is called by one thread at a time.
  package init(
    capacity: Int, note: @escaping @Sendable (Int) -> String,
    write: @escaping @Sendable ([UInt8]) -> Int
  ) {
    self.capacity = capacity
    self.note = note
    self.write = write
  }

  /// Queues whole lines, or counts them as left out; never waits.
  package func append(_ lines: String) {
    let bytes = Array(lines.utf8)
    let mustStart = state.withLock { state in
      guard state.pending.count + bytes.count <= capacity else {
        state.leftOut += Self.lineCount(bytes[...])
        return false
      }
      state.pending += bytes
      return Self.start(&state)
    }
    if mustStart { startDraining() }
  }

  /// Waits until everything appended so far is written or, after one more attempt, left out.
  ///
  /// It waits as long as the reader makes it: give it a deadline.
  ///
  /// *Cancellation:* returns at once; the writing goes on.
  package func flush() async {
    let flush = Flush()
    let mustStart = state.withLock { state in
      state.flushes.append(flush)
      return Self.start(&state)
    }
    if mustStart { startDraining() }
    await withTaskCancellationHandler {
      await flush.value
    } onCancel: {
      flush.give(())
    }
  }

  private static func start(_ state: inout State) -> Bool {
    defer { state.isDraining = true }
    return !state.isDraining
  }

  private func startDraining() {
    do {
      try pool.submit { self.drain() }
    } catch {
      // No thread to be had: this caller writes, which is slow but loses nothing.
      drain()
    }
  }

  /// Writes until the buffer is empty or a write fails; one thread at a time is inside.
  private func drain() {
    var hasFailed = false
    while true {
      let (batch, flushes): (Batch?, [Flush]) = state.withLock { state in
        let batch = hasFailed ? nil : takeBatch(&state)
        guard batch == nil else { return (batch, []) }
        state.isDraining = false
        defer { state.flushes = [] }
        return (nil, state.flushes)
      }
      for flush in flushes { flush.give(()) }
      guard let batch else { return }
      let written = write(batch.bytes)
      hasFailed = written < batch.bytes.count
      if hasFailed { state.withLock { Self.account(for: batch, written: written, &$0) } }
    }
  }

  private func takeBatch(_ state: inout State) -> Batch? {
    guard !state.pending.isEmpty || state.leftOut > 0 else { return nil }
    var batch = Batch()
    if state.leftOut > 0 {
      batch.mendsTear = state.isTorn
      batch.bytes = Array(((state.isTorn ? "\n" : "") + note(state.leftOut)).utf8)
      batch.noteBytes = batch.bytes.count
      batch.noteCount = state.leftOut
    }
    batch.bytes += state.pending
    state.pending = []
    state.leftOut = 0
    state.isTorn = false
    return batch
  }

  /// Counts what a failed write left out; a line of which a part was written counts.
  private static func account(for batch: Batch, written: Int, _ state: inout State) {
    state.leftOut += lineCount(batch.bytes[max(written, batch.noteBytes)...])
    if written < batch.noteBytes { state.leftOut += batch.noteCount }
    state.isTorn =
      written == 0 ? batch.mendsTear : batch.bytes[written - 1] != UInt8(ascii: "\n")
  }

  private static func lineCount(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 == UInt8(ascii: "\n") }
  }
}
