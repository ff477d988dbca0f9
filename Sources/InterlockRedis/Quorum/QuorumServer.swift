internal import Interlock
internal import InterlockLocks
internal import InterlockSystem

/// One of several servers, as a client has it: its connection, and since when it lives.
final class QuorumServer: Sendable {
  /// What happens at it.
  enum Event: Sendable {
    /// It is there, and has lived since about that instant; never earlier.
    case ready(since: Instant)
    case lost
    /// It was not there the first time it was tried.
    case missing
    case message(RemoteLockMessage)
  }

  let title: String
  let connection: RedisConnection
  private let clock: any MonotonicClock

  init(
    _ url: RedisURL, clientName: String, channel: String, scripts: QuorumScripts,
    reactor: Reactor, seed: UInt64, _ event: @escaping @Sendable (Event) -> Void
  ) {
    title = url.title
    clock = reactor.clock
    let own = Guarded<Reference?>(nil)
    connection = RedisConnection(
      url, clientName: clientName, channels: [channel], reactor: reactor, seed: seed
    ) { happened in
      switch happened {
      case .ready: own.withLock { $0?.value }?.greet(scripts, event)
      case .lost: event(.lost)
      case .message(_, let payload):
        if let message = RemoteLockMessage(payload) { event(.message(message)) }
      }
    }
    let reference = Reference(value: self)
    own.withLock { $0 = reference }
    connection.start()
    // Fails with the first attempt; when that succeeds it is ready soon.
    connection.send(RedisCommand("PING"), within: .seconds(5)) { result in
      if case .failure = result { event(.missing) }
    }
  }

  deinit { connection.close() }

  private struct Reference: Sendable { weak let value: QuorumServer? }

  /// Gives it the scripts and asks how long it has lived; only then it is asked for votes.
  private func greet(_ scripts: QuorumScripts, _ event: @escaping @Sendable (Event) -> Void) {
    for script in scripts.all {
      connection.send(script.load, within: .seconds(5), waits: false) { _ in }
    }
    connection.send(RedisCommand("INFO", "server"), within: .seconds(5), waits: false) {
      [clock] result in
      let lines = ((try? result.get())?.string ?? "").split(whereSeparator: \.isNewline)
      let key = "uptime_in_seconds:"
      guard let line = lines.first(where: { $0.hasPrefix(key) }),
        let seconds = Int64(line.dropFirst(key.count))
      else {
        // Without it nothing is known of its past: it counts as if it had just started.
        switch result {
        case .success, .failure(.refused): event(.ready(since: clock.now))
        case .failure: break
        }
        return
      }
      // Both of the numbers it is made of are whole seconds.
      event(.ready(since: clock.now.advanced(by: .seconds(1 - max(seconds, 1)))))
    }
  }

  /// Calls a script, giving it to the server first when that does not know it.
  ///
  /// It waits for a connection only where `waits` says so: the others do not wait for this server.
  func call(
    _ script: RedisScript, keys: [String], _ arguments: [String], within limit: Duration,
    waits: Bool = false, _ answer: @escaping RedisConnection.Answer
  ) {
    let command = script.call(keys: keys, arguments)
    connection.send(command, within: limit, waits: waits) { [connection] result in
      guard case .failure(.refused(.noScript)) = result else { return answer(result) }
      connection.send(script.load, within: limit, waits: waits) { _ in }
      connection.send(command, within: limit, waits: waits, answer)
    }
  }
}
