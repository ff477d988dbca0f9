internal import Interlock
internal import InterlockLocks
internal import InterlockSystem
internal import Synchronization

/// Calls whose caller stays until the answer is there, as long as that is a moment.
///
/// An answer that the reactor reads has to wake two threads, its own and one of the pool for the task that waits: on a near
/// server that is more than the server and the network take together. So the caller of a connection on which nothing else is
/// going on reads the answer itself, as a blocking client would, and lets its thread go when that is not at once.
extension RedisConnection {
  /// Has a command carried out.
  ///
  /// The calling thread waits for the answer, up to half a millisecond, when the connection has nothing else to do and answers
  /// have been as quick lately; then it is told before this returns.
  ///
  /// - Parameters:
  ///   - command: Which.
  ///   - limit: How long its answer may take.
  ///   - waits: Whether it waits for a connection when there is none.
  ///   - answer: Told once, on this thread or the reactor's.
  package func sendAttended(
    _ command: RedisCommand, within limit: Duration = usualLimit, waits: Bool = true,
    _ answer: @escaping Answer
  ) {
    guard let link = state.withLock({ $0.beginAttending() }) else {
      return send(command, within: limit, waits: waits, answer)
    }
    let isAnswered = Flag()
    send(command, within: limit, waits: waits) { result in
      isAnswered.value.store(true, ordering: .relaxed)
      answer(result)
    }
    let end = reactor.clock.now.advanced(by: RemotePatience.longest)
    while !isAnswered.value.load(ordering: .relaxed) {
      let left = reactor.clock.now.duration(to: end)
      guard left > .zero, link.socket.waitUntilReadable(for: left) else { break }
      read(link.number, untilEnd: false)
    }
    let wasAnswered = isAnswered.value.load(ordering: .relaxed)
    state.withLock { $0.endAttending(link.number, wasAnswered: wasAnswered) }
  }

  private final class Flag: Sendable {
    let value = Atomic(false)
  }
}

extension RedisConnection.State {
  /// The caller reads from now on; nil when it is not to.
  fileprivate mutating func beginAttending() -> (number: UInt64, socket: ReactorSocket)? {
    guard machine.isIdle, let link, link.reader == .nobody, link.isWritable, !link.isWriting,
      patience.waits()
    else { return nil }
    self.link?.reader = .caller
    reportReadiness()
    return (link.number, link.socket)
  }

  /// The reactor reads again: what has come meanwhile is reported to it.
  fileprivate mutating func endAttending(_ number: UInt64, wasAnswered: Bool) {
    patience.ended(wasAnswered: wasAnswered)
    guard link?.number == number else { return }
    link?.reader = .nobody
    reportReadiness()
  }

  /// Has the reactor told what it is to act on.
  func reportReadiness() {
    guard let link else { return }
    link.socket.report(readable: link.reader != .caller, writable: !link.isWritable)
  }
}
