internal import Interlock
internal import InterlockSystem

/// Standard output of a program that must not wait for its reader.
///
/// Text is queued and written by one thread; what does not fit is left out and counted, and the
/// count is written when there is room.
final class LineOutput: Sendable {
  /// The most bytes that wait.
  static let capacity = 1 << 20

  private struct State {
    var pending = ""
    var leftOut = 0
    var isWriting = false
    var isGone = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Guarded(State())
  private let pool = BlockingPool(width: 1, capacity: 1)
  private let console: Console

  init(_ console: Console) { self.console = console }

  /// Whether nobody reads any more.
  var isGone: Bool { state.withLock { $0.isGone } }

  /// Writes text, or counts it as left out; never waits.
  func write(_ text: String) {
    let mustStart = state.withLock { state in
      guard !state.isGone else { return false }
      guard state.pending.utf8.count + text.utf8.count <= Self.capacity else {
        state.leftOut += 1
        return false
      }
      state.pending += text
      defer { state.isWriting = true }
      return !state.isWriting
    }
    guard mustStart else { return }
    do {
      try pool.submit { self.drain() }
    } catch {
      // No thread to be had: this caller writes.
      drain()
    }
  }

  /// Waits until everything is written.
  func flush() async {
    await withCheckedContinuation { waiter in
      let isIdle = state.withLock { state in
        if state.isWriting { state.waiters.append(waiter) }
        return !state.isWriting
      }
      if isIdle { waiter.resume() }
    }
  }

  private func drain() {
    while true {
      let (text, waiters) = state.withLock {
        state -> (String, [CheckedContinuation<Void, Never>]) in
        if state.leftOut > 0 {
          state.pending += "… \(state.leftOut) lines left out: the reader is too slow\n"
          state.leftOut = 0
        }
        defer { state.pending = "" }
        guard state.pending.isEmpty else { return (state.pending, []) }
        state.isWriting = false
        defer { state.waiters = [] }
        return ("", state.waiters)
      }
      for waiter in waiters { waiter.resume() }
      if text.isEmpty { return }
      if !console.write(text) { state.withLock { $0.isGone = true } }
    }
  }
}
