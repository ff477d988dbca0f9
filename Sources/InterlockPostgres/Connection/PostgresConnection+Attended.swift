internal import Interlock
internal import InterlockLocks
internal import InterlockSystem
internal import Synchronization

/// Calls whose caller stays until the answer is there, as long as that is a moment.
///
/// An answer that the reactor reads has to wake two threads, its own and one of the pool for the task that waits. So the caller of a
/// connection on which nothing else is going on reads the answer itself, as a blocking client would, and lets its thread go
/// when that is not at once.
extension PostgresConnection {
  /// Calls a function; the calling thread waits for the answer, up to half a millisecond, when the connection has nothing else
  /// to do and answers have been as quick lately.
  ///
  /// - Parameters:
  ///   - statement: Which.
  ///   - values: What it is given.
  ///   - limit: How long it may wait for a connection.
  ///   - waits: Whether it waits for a connection when there is none.
  ///   - answer: Told once, on this thread or the reactor's.
  func callAttended(
    _ statement: PostgresStatement, _ values: [PostgresValue], within limit: Duration = usualLimit,
    waits: Bool = true, _ answer: @escaping Answer
  ) {
    guard let attended = state.withLock({ $0.beginAttending() }) else {
      return call(statement, values, within: limit, waits: waits, answer)
    }
    let isAnswered = Flag()
    call(statement, values, within: limit, waits: waits) { result in
      isAnswered.value.store(true, ordering: .relaxed)
      answer(result)
    }
    let end = reactor.clock.now.advanced(by: RemotePatience.longest)
    while !isAnswered.value.load(ordering: .relaxed) {
      let left = reactor.clock.now.duration(to: end)
      guard left > .zero, attended.watch.waitUntilReadable(for: left) else { break }
      read(attended.link)
    }
    let wasAnswered = isAnswered.value.load(ordering: .relaxed)
    state.withLock { $0.endAttending(attended.link, wasAnswered: wasAnswered) }
  }

  private final class Flag: Sendable {
    let value = Atomic(false)
  }
}

extension PostgresConnection.State {
  /// The caller reads from now on; nil when it is not to.
  fileprivate mutating func beginAttending() -> (link: UInt64, watch: ReactorSocket)? {
    guard machine.isReady, !machine.isAwaiting, reader == .nobody, let watch, patience.waits()
    else {
      return nil
    }
    reader = .caller
    watch.report(readable: false, writable: false)
    return (links, watch)
  }

  /// The reactor reads again: what has come meanwhile is reported to it.
  fileprivate mutating func endAttending(_ link: UInt64, wasAnswered: Bool) {
    patience.ended(wasAnswered: wasAnswered)
    guard links == link else { return }
    reader = .nobody
    // That there is room is no news where nothing waits for it.
    watch?.report(readable: true, writable: hasUnwritten)
  }
}
