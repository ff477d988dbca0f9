internal import Interlock
internal import InterlockLocks

/// Decides what a connection to a database does: pure, told what happens and when.
///
/// ```text
/// waiting ──time──▶ opening ──▶ greeting ──▶ ready ──┐
///    ▲                 │            │          │     │ close
///    └───── failure ───┴────────────┴──────────┘     ▼
///                                                  closed
/// ```
///
/// Every call is told exactly once what became of it, in the order of calls. What is not sent yet waits for the connection, and
/// fails with the attempt that fails next. A connection on which something has been awaited for too long is given up.
struct PostgresConnectionMachine<Answer: Sendable>: Sendable {
  /// What is asked of the database.
  struct Call: Sendable {
    let statement: PostgresStatement
    let values: [PostgresValue]
    let deadline: Instant
    let answer: Answer?
  }

  /// What is to be done.
  enum Action: Sendable {
    /// Connect.
    case open
    /// Send these statements, and say what they answer.
    case greet(String)
    /// The greeting is over: calls are sent from now on.
    case beginCalls
    case send(Call)
    /// Drop the connection.
    case drop
    case tell(Answer, Result<[[String?]], PostgresFailure>)
    case ready
    case lost(PostgresError)
  }

  private enum Phase: Sendable {
    case waiting(until: Instant)
    case opening
    case greeting(PostgresGreeting)
    case ready
    case closed
  }

  /// Calls that have not been answered.
  static var mostCalls: Int { 65_536 }
  /// From the attempt to the last word of the greeting.
  static var longestGreeting: Duration { .seconds(5) }
  /// After so long without a word it is asked for one.
  static var longestIdle: Duration { .seconds(5) }
  /// What was asked first is answered within so long.
  static var longestSilence: Duration { .seconds(5) }

  private let session: @Sendable () -> Int64
  private var backoff: RemoteBackoff
  private var phase: Phase
  private var attemptEnds = Instant.distantFuture
  private var unsent = Deque<Call>()
  private var inFlight = Deque<Call>()
  private var lastWord = Instant.origin
  /// The number that the connection keeps in the database.
  private(set) var number: Int64 = 0
  /// The process that serves it.
  private var process: Int32 = 0

  init(seed: UInt64, at now: Instant, session: @escaping @Sendable () -> Int64) {
    self.session = session
    backoff = RemoteBackoff(seed: seed)
    phase = .waiting(until: now)
  }

  /// Whether calls are sent at once.
  var isReady: Bool { if case .ready = phase { true } else { false } }

  /// Whether an answer is awaited.
  var isAwaiting: Bool { !inFlight.isEmpty }

  /// When ``advance(to:)`` has something to do next.
  var nextDeadline: Instant {
    switch phase {
    case .waiting(let until): min(until, unsent.first?.deadline ?? .distantFuture)
    case .opening, .greeting: attemptEnds
    case .ready:
      lastWord.advanced(by: inFlight.isEmpty ? Self.longestIdle : Self.longestSilence)
    case .closed: .distantFuture
    }
  }

  /// Something is asked of the database.
  ///
  /// - Parameters:
  ///   - call: What.
  ///   - waits: Whether it waits for a connection when there is none.
  ///   - now: The present instant.
  /// - Returns: what is to be done.
  mutating func submit(_ call: Call, waits: Bool, at now: Instant) -> [Action] {
    func failed(_ error: PostgresError) -> [Action] {
      call.answer.map { [.tell($0, .failure(.notSent(error)))] } ?? []
    }
    if case .closed = phase { return failed(.closed) }
    guard unsent.count + inFlight.count < Self.mostCalls else {
      return failed(.queueFull(unsent.count + inFlight.count))
    }
    guard isReady else {
      guard waits else { return failed(.disconnected("it is being made again")) }
      unsent.append(call)
      return []
    }
    return send(call, at: now)
  }

  private mutating func send(_ call: Call, at now: Instant) -> [Action] {
    // Nothing was awaited, so it was not silent: the wait begins now.
    if inFlight.isEmpty { lastWord = max(lastWord, now) }
    inFlight.append(call)
    return [.send(call)]
  }

  /// The attempt to connect succeeded; `process` is what serves it, as the other side says.
  mutating func opened(process: Int32) -> [Action] {
    guard case .opening = phase else { return [.drop] }
    number = session()
    self.process = process
    let greeting = PostgresGreeting(session: number, process: process)
    phase = .greeting(greeting)
    return [.greet(greeting.statements)]
  }

  /// What came of the statements of the greeting.
  mutating func greeted(_ reply: PostgresReply, at now: Instant) -> [Action] {
    guard case .greeting(var greeting) = phase else { return [] }
    do throws(PostgresError) {
      guard try greeting.take(reply) else {
        phase = .greeting(greeting)
        return [.greet(greeting.statements)]
      }
    } catch {
      return broken(error, at: now)
    }
    phase = .ready
    lastWord = now
    backoff.reset()
    var actions: [Action] = [.beginCalls, .ready]
    while let call = unsent.popFirst() { actions += send(call, at: now) }
    return actions
  }

  /// What came of the call that was sent first.
  mutating func replied(_ reply: PostgresReply, at now: Instant) -> [Action] {
    lastWord = now
    guard let call = inFlight.popFirst() else { return [] }
    guard let answer = call.answer else {
      // It asked from where it is answered: a pooler changes that unseen.
      if let found = try? reply.get().first?.first ?? nil, Int32(found) != process {
        return broken(.pooled, at: now)
      }
      return []
    }
    return [.tell(answer, reply.mapError { .refused($0) })]
  }

  /// The connection could not be made, or is of no use any more.
  mutating func broken(_ error: PostgresError, at now: Instant) -> [Action] {
    let wasReady = isReady
    switch phase {
    case .waiting, .closed: return []
    case .opening, .greeting, .ready: break
    }
    phase = .waiting(until: now.advanced(by: backoff.next()))
    var actions: [Action] = [.drop]
    if wasReady { actions.append(.lost(error)) }
    while let call = inFlight.popFirst() {
      if let answer = call.answer { actions.append(.tell(answer, .failure(.unknown(error)))) }
    }
    // What was sent on a connection that worked says nothing about the next; an attempt that failed does.
    if !wasReady { actions += failUnsent(error) }
    return actions
  }

  private mutating func failUnsent(_ error: PostgresError) -> [Action] {
    var actions: [Action] = []
    while let call = unsent.popFirst() {
      if let answer = call.answer { actions.append(.tell(answer, .failure(.notSent(error)))) }
    }
    return actions
  }

  /// Time has passed.
  mutating func advance(to now: Instant) -> [Action] {
    switch phase {
    case .waiting(let until):
      guard now >= until else {
        guard let first = unsent.first, now >= first.deadline else { return [] }
        _ = unsent.popFirst()
        return first.answer.map { [.tell($0, .failure(.notSent(.silent("its time"))))] } ?? []
      }
      phase = .opening
      attemptEnds = now.advanced(by: Self.longestGreeting)
      return [.open]
    case .opening, .greeting:
      return now >= attemptEnds ? broken(.silent("\(Self.longestGreeting)"), at: now) : []
    case .ready:
      guard now >= nextDeadline else { return [] }
      guard inFlight.isEmpty else { return broken(.silent("\(Self.longestSilence)"), at: now) }
      return send(
        Call(statement: .ping, values: [], deadline: .distantFuture, answer: nil), at: now)
    case .closed: return []
    }
  }

  /// Ends it; nothing happens from then on.
  mutating func close() -> [Action] {
    if case .closed = phase { return [] }
    phase = .closed
    var actions: [Action] = []
    while let call = inFlight.popFirst() {
      if let answer = call.answer { actions.append(.tell(answer, .failure(.unknown(.closed)))) }
    }
    return actions + failUnsent(.closed) + [.drop]
  }
}
