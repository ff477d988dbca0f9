internal import Interlock
internal import InterlockLocks
package import InterlockSystem

/// A connection to a server that is made again whenever it is lost.
///
/// Commands go out in the order they are given, from whatever thread, many at a time; their answers come in that order, on the
/// reactor's thread or on that of a caller who waits for one. Messages of its channels come on the same connection.
package final class RedisConnection: Sendable {
  /// Told what becomes of a command.
  package typealias Answer = @Sendable (Result<RedisValue, RedisFailure>) -> Void

  /// What happens to it.
  package enum Event: Sendable {
    /// Commands are carried out, and its channels are listened to.
    case ready(RedisServer)
    /// It is no more: what is said on its channels from now on is missed.
    case lost(RedisError)
    case message(channel: String, payload: [UInt8])
  }

  typealias Machine = RedisConnectionMachine<Answer>

  struct State {
    var machine: Machine
    var link: RedisLink?
    var links: UInt64 = 0
    /// What the alarm is set to.
    var alarm = Instant.distantFuture
    var patience = RemotePatience()
    var scratch = [UInt8](repeating: 0, count: 65_536)
  }

  /// How long an answer may take, if nothing else is said.
  package static let usualLimit = Duration.seconds(5)

  let url: RedisURL
  let reactor: Reactor
  let state: Guarded<State>
  private let event: @Sendable (Event) -> Void
  /// Set once, right after it was made.
  private let alarm = Guarded<ReactorAlarm?>(nil)

  /// Makes a connection that is not begun.
  ///
  /// - Parameters:
  ///   - url: Where to.
  ///   - clientName: What the server's list of clients shows.
  ///   - channels: What is listened to.
  ///   - reactor: Where it lives.
  ///   - seed: For the moments of new attempts.
  ///   - event: Told on the reactor's thread what happens.
  package init(
    _ url: RedisURL, clientName: String, channels: [String] = [], reactor: Reactor, seed: UInt64,
    _ event: @escaping @Sendable (Event) -> Void
  ) {
    self.url = url
    self.reactor = reactor
    self.event = event
    state = Guarded(
      State(
        machine: Machine(
          url, clientName: clientName, channels: channels, seed: seed, at: reactor.clock.now)))
    let ring = reactor.makeAlarm { [weak self] in self?.rang() }
    alarm.withLock { $0 = ring }
  }

  /// Begins to connect.
  package func start() { reactor.post { [weak self] in self?.rang() } }

  /// Ends it: what was not answered is told so, and nothing happens from then on.
  package func close() {
    let actions = state.withLock { $0.machine.close() }
    // They keep the connection until they have been carried out.
    reactor.post { self.perform(actions) }
  }

  /// Has a command carried out.
  ///
  /// - Parameters:
  ///   - command: Which.
  ///   - limit: How long its answer may take.
  ///   - waits: Whether it waits for a connection when there is none.
  ///   - answer: Told once, on the reactor's thread.
  package func send(
    _ command: RedisCommand, within limit: Duration = usualLimit, waits: Bool = true,
    _ answer: @escaping Answer
  ) {
    let now = reactor.clock.now
    let (actions, isEarlier) = state.withLock { state in
      let actions = state.machine.submit(
        command, answer, until: now.advanced(by: limit), waits: waits, at: now)
      return (actions, state.machine.nextDeadline < state.alarm)
    }
    if isEarlier { setAlarm() }
    for action in actions {
      if case .write = action { flush() } else { reactor.post { self.perform([action]) } }
    }
  }

  /// Takes note of something, and does what is to be done about it; on the reactor's thread.
  func handle(_ step: (inout State) -> [Machine.Action]) {
    let actions = state.withLock { step(&$0) }
    perform(actions)
    setAlarm()
  }

  private func rang() {
    let now = reactor.clock.now
    handle { state in
      state.alarm = .distantFuture
      return state.machine.advance(to: now)
    }
  }

  private func setAlarm() {
    let deadline: Instant? = state.withLock { state in
      let next = state.machine.nextDeadline
      guard next < state.alarm else { return nil }
      state.alarm = next
      return next
    }
    guard let deadline else { return }
    alarm.withLock { $0 }?.set(deadline)
  }

  private func perform(_ actions: [Machine.Action]) {
    for action in actions {
      switch action {
      case .connect(let deadline): connect(until: deadline)
      case .write: flush()
      case .disconnect: dropLink()
      case .tell(let answer, let result): answer(result)
      case .ready(let server): event(.ready(server))
      case .lost(let error): event(.lost(error))
      case .message(let channel, let payload): event(.message(channel: channel, payload: payload))
      }
    }
  }
}
