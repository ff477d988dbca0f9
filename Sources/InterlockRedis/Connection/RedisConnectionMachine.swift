internal import Interlock
internal import InterlockLocks

/// Decides what a connection does: pure, told what happens and when.
///
/// ```text
/// waiting ──time──▶ connecting ──▶ greeting ──▶ ready ──┐
///    ▲                  │             │           │     │ close
///    └────── failure ───┴─────────────┴───────────┘     ▼
///                                                     closed
/// ```
///
/// Every call is told exactly once what became of its command. Answers come in the order of commands, so a command whose
/// caller has given up keeps its place. What is not sent yet waits for the connection, and fails with the attempt that
/// fails next. A connection that has not said anything for too long, while something is awaited of it, is given up.
struct RedisConnectionMachine<Call: Sendable>: Sendable {
  /// What is to be done.
  enum Action: Sendable {
    /// Connect, and say so; give up at that time.
    case connect(until: Instant)
    /// There is output.
    case write
    /// Drop the connection.
    case disconnect
    case tell(Call, Result<RedisValue, RedisFailure>)
    case ready(RedisServer)
    case lost(RedisError)
    case message(channel: String, payload: [UInt8])
  }

  private enum Phase: Sendable {
    case waiting(until: Instant)
    case connecting
    case greeting(RedisGreeting)
    case ready
    case closed
  }

  private struct Unsent: Sendable {
    let id: UInt64
    let bytes: [UInt8]
  }

  /// Commands that have not been answered.
  static var mostCalls: Int { 65_536 }
  /// From the attempt to the last word of the greeting.
  static var longestGreeting: Duration { .seconds(5) }
  /// After so long without a word it is asked for one.
  static var longestIdle: Duration { .seconds(5) }
  /// It answers that within so long.
  static var longestPing: Duration { .seconds(2) }
  /// And anything else within so long of its last word.
  static var longestSilence: Duration { .seconds(5) }

  private let url: RedisURL
  private let clientName: String
  private let channels: [String]
  private var backoff: RemoteBackoff
  private var phase: Phase
  /// The end of the attempt under way.
  private var attemptEnds = Instant.distantFuture
  /// Commands that wait for the connection.
  private var unsent = Deque<Unsent>()
  /// Commands that wait for their answers; a probe has number 0.
  private var inFlight = Deque<UInt64>()
  private var calls: [UInt64: Call] = [:]
  private var deadlines = TimerTable()
  private var lastID: UInt64 = 0
  private var lastWord = Instant.origin
  /// What is to be written.
  private var output: [UInt8] = []

  init(_ url: RedisURL, clientName: String, channels: [String], seed: UInt64, at now: Instant) {
    self.url = url
    self.clientName = clientName
    self.channels = channels
    backoff = RemoteBackoff(seed: seed)
    phase = .waiting(until: now)
  }

  /// Whether commands are sent at once.
  var isReady: Bool { if case .ready = phase { true } else { false } }

  /// Whether commands are sent at once, and nothing is awaited or to be written.
  var isIdle: Bool { isReady && inFlight.isEmpty && output.isEmpty }

  /// When ``advance(to:)`` has something to do next.
  var nextDeadline: Instant {
    mutating get {
      let call = deadlines.earliest ?? .distantFuture
      switch phase {
      case .waiting(let until): return min(until, call)
      case .connecting, .greeting: return min(attemptEnds, call)
      case .ready: return min(call, silenceEnds)
      case .closed: return .distantFuture
      }
    }
  }

  /// Bytes to be written, which are then taken.
  mutating func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }

  /// A command is to be carried out.
  ///
  /// - Parameters:
  ///   - command: Which.
  ///   - call: Who is told.
  ///   - deadline: When that is at the latest.
  ///   - waits: Whether it waits for a connection when there is none.
  ///   - now: The present instant.
  /// - Returns: what is to be done.
  mutating func submit(
    _ command: RedisCommand, _ call: Call, until deadline: Instant, waits: Bool, at now: Instant
  ) -> [Action] {
    if case .closed = phase { return [.tell(call, .failure(.notSent(.closed)))] }
    guard calls.count < Self.mostCalls, inFlight.count < 2 * Self.mostCalls else {
      return [.tell(call, .failure(.notSent(.queueFull(calls.count))))]
    }
    guard isReady || waits else {
      return [.tell(call, .failure(.notSent(.disconnected("it is being made again"))))]
    }
    lastID += 1
    calls[lastID] = call
    deadlines.set(lastID, deadline)
    guard isReady else {
      unsent.append(Unsent(id: lastID, bytes: command.bytes))
      return []
    }
    send(lastID, command.bytes, at: now)
    return [.write]
  }

  /// The attempt to connect succeeded.
  mutating func connected(at now: Instant) -> [Action] {
    guard case .connecting = phase else { return [.disconnect] }
    let greeting = RedisGreeting(url, clientName: clientName, channels: channels)
    output = greeting.bytes
    phase = .greeting(greeting)
    return [.write]
  }

  /// A value came.
  mutating func received(_ value: RedisValue, at now: Instant) -> [Action] {
    lastWord = now
    if case .push(let parts) = value, parts.count == 3, parts[0].string == "message",
      let channel = parts[1].string, let payload = parts[2].bytes
    {
      return [.message(channel: channel, payload: payload)]
    }
    switch phase {
    case .greeting(var greeting):
      do throws(RedisError) {
        let server = try greeting.take(value)
        phase = .greeting(greeting)
        return server.map { becomeReady($0, at: now) } ?? []
      } catch {
        return broken(error, at: now)
      }
    case .ready: return answered(value)
    case .waiting, .connecting, .closed: return []
    }
  }

  /// The connection could not be made, or is of no use any more.
  mutating func broken(_ error: RedisError, at now: Instant) -> [Action] {
    let wasReady = isReady
    switch phase {
    case .waiting, .closed: return []
    case .connecting, .greeting, .ready: break
    }
    phase = .waiting(until: now.advanced(by: backoff.next()))
    output = []
    var actions: [Action] = [.disconnect]
    if wasReady { actions.append(.lost(error)) }
    actions += failInFlight(error)
    // What was sent on a connection that worked says nothing about the next; an attempt that failed does.
    if !wasReady { actions += failUnsent(error) }
    return actions
  }

  /// Time has passed.
  mutating func advance(to now: Instant) -> [Action] {
    var actions: [Action] = []
    while let id = deadlines.next(dueAt: now) {
      guard let call = calls.removeValue(forKey: id) else { continue }
      let isUnsent = !isReady
      let error = RedisError.silent("its time")
      actions.append(.tell(call, .failure(isUnsent ? .notSent(error) : .unknown(error))))
    }
    switch phase {
    case .waiting(let until):
      guard now >= until else { break }
      phase = .connecting
      attemptEnds = now.advanced(by: Self.longestGreeting)
      actions.append(.connect(until: attemptEnds))
    case .connecting, .greeting:
      guard now >= attemptEnds else { break }
      actions += broken(.silent("\(Self.longestGreeting)"), at: now)
    case .ready:
      guard now >= silenceEnds else { break }
      guard inFlight.isEmpty else {
        actions += broken(.silent("\(Self.longestPing) to \(Self.longestSilence)"), at: now)
        break
      }
      send(0, RedisCommand("PING").bytes, at: now)
      actions.append(.write)
    case .closed: break
    }
    return actions
  }

  /// Ends it; nothing happens from then on.
  mutating func close() -> [Action] {
    if case .closed = phase { return [] }
    phase = .closed
    output = []
    return failInFlight(.closed) + failUnsent(.closed) + [.disconnect]
  }

  private var silenceEnds: Instant {
    guard let oldest = inFlight.first else { return lastWord.advanced(by: Self.longestIdle) }
    return lastWord.advanced(by: oldest == 0 ? Self.longestPing : Self.longestSilence)
  }

  private mutating func send(_ id: UInt64, _ bytes: [UInt8], at now: Instant) {
    // Nothing was awaited, so it was not silent: the wait begins now.
    if inFlight.isEmpty { lastWord = max(lastWord, now) }
    inFlight.append(id)
    if output.isEmpty { output = bytes } else { output += bytes }
  }

  private mutating func becomeReady(_ server: RedisServer, at now: Instant) -> [Action] {
    phase = .ready
    backoff.reset()
    while let next = unsent.popFirst() {
      // Whoever gave up is not waited for.
      if calls[next.id] != nil { send(next.id, next.bytes, at: now) }
    }
    return [.ready(server), .write]
  }

  private mutating func answered(_ value: RedisValue) -> [Action] {
    // Anything pushed that is no message is news of a subscription, which the greeting has seen to.
    if case .push = value { return [] }
    guard let id = inFlight.popFirst(), let call = calls.removeValue(forKey: id) else { return [] }
    deadlines.set(id, nil)
    if case .error(let text) = value {
      return [.tell(call, .failure(.refused(RedisError(reply: text))))]
    }
    return [.tell(call, .success(value))]
  }

  private mutating func failInFlight(_ error: RedisError) -> [Action] {
    var actions: [Action] = []
    while let id = inFlight.popFirst() {
      guard let call = calls.removeValue(forKey: id) else { continue }
      deadlines.set(id, nil)
      actions.append(.tell(call, .failure(.unknown(error))))
    }
    return actions
  }

  private mutating func failUnsent(_ error: RedisError) -> [Action] {
    var actions: [Action] = []
    while let next = unsent.popFirst() {
      guard let call = calls.removeValue(forKey: next.id) else { continue }
      deadlines.set(next.id, nil)
      actions.append(.tell(call, .failure(.notSent(error))))
    }
    return actions
  }
}
