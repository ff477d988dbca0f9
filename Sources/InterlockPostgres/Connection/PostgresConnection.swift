internal import Interlock
internal import InterlockCrypto
internal import InterlockLocks
internal import InterlockSystem

/// A connection to a database that is made again whenever it is lost.
///
/// Calls go out in the order they are made, from whatever thread, many at a time; their answers come in that order, and messages
/// between them, on the reactor's thread or on that of a caller who waits for one.
final class PostgresConnection: Sendable {
  /// Told what becomes of a call.
  typealias Answer = @Sendable (Result<[[String?]], PostgresFailure>) -> Void

  /// What happens to it.
  enum Event: Sendable {
    /// Calls are carried out, and messages come.
    case ready
    /// It is no more, and with it whatever the database had for it.
    case lost(PostgresError)
    case message(String)
  }

  typealias Machine = PostgresConnectionMachine<Answer>

  enum Reader: Sendable { case nobody, reactor, caller }

  /// How long an answer may take, if nothing else is said.
  static let usualLimit = Duration.seconds(5)

  struct State: ~Copyable {
    var machine: Machine
    var link: PostgresLink?
    /// Watches the link's descriptor, by a duplicate of its own.
    var watch: ReactorSocket?
    /// Counts links: what is heard of one that is gone is nothing.
    var links: UInt64 = 0
    /// What connecting waits for.
    var progress = PostgresLink.Progress.writes
    var isInPipeline = false
    /// There is something to write for which there was no room.
    var hasUnwritten = false
    /// Who reads, and tells what came: nobody else does, so that it is told in order.
    var reader = Reader.nobody
    var patience = RemotePatience()
    /// What the greeting's statements have answered so far.
    var answer: PostgresReply?
    /// What the alarm is set to.
    var alarm = Instant.distantFuture
  }

  let url: PostgresURL
  let clientName: String
  let reactor: Reactor
  let state: Guarded<State>
  private let event: @Sendable (Event) -> Void
  /// Set once, right after it was made.
  private let alarm = Guarded<ReactorAlarm?>(nil)

  /// Makes a connection that is not begun.
  ///
  /// - Parameters:
  ///   - url: Where to.
  ///   - clientName: What the server's list of connections shows.
  ///   - reactor: Where it lives.
  ///   - seed: For the moments of new attempts.
  ///   - event: Told on the reactor's thread what happens.
  init(
    _ url: PostgresURL, clientName: String, reactor: Reactor, seed: UInt64,
    _ event: @escaping @Sendable (Event) -> Void
  ) {
    self.url = url
    self.clientName = clientName
    self.reactor = reactor
    self.event = event
    let machine = Machine(seed: seed, at: reactor.clock.now) {
      // Positive, and never that of the lock on a name.
      Int64(SecureRandom().next() >> 1)
    }
    state = Guarded(State(machine: machine))
    let ring = reactor.makeAlarm { [weak self] in self?.rang() }
    alarm.withLock { $0 = ring }
  }

  /// Begins to connect.
  func start() { reactor.post { [weak self] in self?.rang() } }

  /// Ends it: what was not answered is told so, and nothing happens from then on.
  func close() {
    let actions = state.withLock { state in
      let actions = state.machine.close()
      return state.carryOut(actions)
    }
    // They keep the connection until they have been carried out.
    reactor.post { self.perform(actions) }
  }

  /// Calls a function.
  ///
  /// - Parameters:
  ///   - statement: Which.
  ///   - values: What it is given.
  ///   - limit: How long it may wait for a connection.
  ///   - waits: Whether it waits for a connection when there is none.
  ///   - answer: Told once, on the reactor's thread or on that of a caller who waits.
  func call(
    _ statement: PostgresStatement, _ values: [PostgresValue], within limit: Duration = usualLimit,
    waits: Bool = true, _ answer: @escaping Answer
  ) {
    let now = reactor.clock.now
    let (rest, isEarlier) = state.withLock { state -> ([Machine.Action], Bool) in
      let call = Machine.Call(
        statement: statement, values: values, deadline: now.advanced(by: limit), answer: answer)
      let rest = state.carryOut(state.machine.submit(call, waits: waits, at: now))
      return (rest, state.machine.nextDeadline < state.alarm)
    }
    if isEarlier { setAlarm() }
    if !rest.isEmpty { reactor.post { self.perform(rest) } }
  }

  /// The number that it keeps in the database now.
  var session: Int64 { state.withLock { $0.machine.number } }

  /// Takes note of something, and does what is to be done about it.
  func handle(_ step: (inout State) -> [Machine.Action]) {
    let actions = state.withLock { state in
      let actions = step(&state)
      return state.carryOut(actions)
    }
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
      case .open: open()
      case .greet(let statements):
        handle { state in
          state.answer = nil
          guard state.link?.send(statements) == true else {
            return state.broken(at: reactor.clock.now)
          }
          return state.flush(at: reactor.clock.now)
        }
      // Done already, in the step that decided it.
      case .beginCalls, .send, .drop: break
      case .tell(let answer, let result): answer(result)
      case .ready: event(.ready)
      case .lost(let error): event(.lost(error))
      }
    }
  }

  func tell(_ message: String) { event(.message(message)) }
}
