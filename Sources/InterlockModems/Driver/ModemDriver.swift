package import Interlock
package import InterlockRadio

/// Runs a `ModemMachine` on real links and a real clock.
///
/// Three loops under `run`: one keeps a link open and reads and writes it, one calls the machine at
/// its deadlines, one hands events to the receiver. Requests come in from outside at any time. Every
/// step of the machine is taken under one guard; what it asks for is done after leaving it.
package final class ModemDriver<Machine: ModemMachine>: Modem {
  private struct State {
    var machine: Machine
    var waiters: [UInt64: CheckedContinuation<ModemAnswer, Never>] = [:]
    var lastRequest: UInt64 = 0
    var events = EventQueue()
    var outbox: [UInt8] = []
    var link: (any ByteLink)?
    /// Why the machine wanted the link closed.
    var closeReason: ModemError?
    var failure: ModemError?
    /// When the timekeeper will look again; nil while it is not asleep.
    var alarm: Instant?
    var isRunning = false
  }

  /// What is left to do after a step, outside the guard.
  private struct Effects {
    var answers: [(CheckedContinuation<ModemAnswer, Never>, ModemAnswer)] = []
    var isClosing = false
    var hasEvents = false
    var hasOutput = false
    var isDueEarlier = false
  }

  package let timing: ModemTiming
  private let state: Guarded<State>
  private let source: any ByteLinkSource
  private let clock: any MonotonicClock
  private let seed: UInt64
  private let eventBell = Doorbell()
  private let outputBell = Doorbell()
  private let closingBell = Doorbell()
  private let timeBell = Doorbell()

  /// Makes a driver; nothing is opened before `run`.
  ///
  /// The waits between attempts to connect are drawn from `seed`.
  package init(
    machine: Machine, source: any ByteLinkSource, clock: any MonotonicClock, seed: UInt64
  ) {
    timing = machine.timing
    state = Guarded(State(machine: machine))
    self.source = source
    self.clock = clock
    self.seed = seed
  }

  // MARK: Modem

  package func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {
    state.withLock { state in
      precondition(!state.isRunning, "a modem is run by one task")
      state.isRunning = true
      state.failure = nil
    }
    defer {
      step { machine, now in
        machine.linkClosed(.init(.disconnected, "the modem was stopped"), at: now)
      }
      state.withLock { $0.isRunning = false }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.deliverEvents(deliver) }
      group.addTask { try await self.keepTime() }
      group.addTask { try await self.keepConnected() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  package func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    // The machine itself tells late reports from present ones, so the number is not needed here.
    switch await request(.transmit(frame)) {
    case .outcome(let outcome): outcome
    case .failed(let error): .unknown(error)
    case .activity, .done: preconditionFailure("a transmission is answered with its outcome")
    }
  }

  package func channelActivity() async throws(ModemError) -> ChannelActivity {
    switch await request(.channelActivity) {
    case .activity(let activity): return activity
    case .failed(let error): throw error
    case .outcome, .done: preconditionFailure("a question is answered with what was heard")
    }
  }

  package func apply(_ settings: ModemSettings) async throws(ModemError) {
    if case .failed(let error) = await request(.apply(settings)) { throw error }
  }

  package func reset() async throws(ModemError) {
    if case .failed(let error) = await request(.reset) { throw error }
  }

  /// Submits a request and waits for its answer, which always comes: the machine bounds each.
  private func request(_ request: ModemRequest) async -> ModemAnswer {
    await withCheckedContinuation { continuation in
      let now = clock.now
      let effects = state.withLock { state in
        state.lastRequest += 1
        state.waiters[state.lastRequest] = continuation
        state.machine.submit(request, id: state.lastRequest, at: now)
        return Self.collect(&state)
      }
      perform(effects)
    }
  }

  // MARK: Steps

  /// Takes one step of the machine and does what it asks for.
  private func step(_ body: (inout Machine, Instant) -> Void) {
    let now = clock.now
    let effects = state.withLock { state in
      body(&state.machine, now)
      return Self.collect(&state)
    }
    perform(effects)
  }

  private static func collect(_ state: inout State) -> Effects {
    var effects = Effects()
    for action in state.machine.takeActions() {
      switch action {
      case .write(let bytes):
        state.outbox += bytes
        effects.hasOutput = true
      case .answer(let id, let answer):
        guard let waiter = state.waiters.removeValue(forKey: id) else {
          preconditionFailure("request \(id) is answered twice")
        }
        effects.answers.append((waiter, answer))
      case .event(let event):
        state.events.append(event)
        effects.hasEvents = true
      case .closeLink(let error):
        state.closeReason = error
        effects.isClosing = true
      case .giveUp(let error):
        state.failure = error
        state.closeReason = error
        effects.isClosing = true
      }
    }
    if let alarm = state.alarm, let next = state.machine.nextDeadline, next < alarm {
      state.alarm = next
      effects.isDueEarlier = true
    }
    return effects
  }

  private func perform(_ effects: Effects) {
    for (waiter, answer) in effects.answers { waiter.resume(returning: answer) }
    if effects.hasOutput || effects.isClosing { outputBell.ring() }
    if effects.isClosing { closingBell.ring() }
    if effects.hasEvents { eventBell.ring() }
    if effects.isDueEarlier { timeBell.ring() }
  }

  // MARK: Loops

  private func deliverEvents(_ deliver: @Sendable (ModemEvent) async -> Void) async throws {
    while true {
      eventBell.hush()
      let events = state.withLock { $0.events.takeAll() }
      for event in events { await deliver(event) }
      try Task.checkCancellation()
      if events.isEmpty { try await wait(eventBell) }
    }
  }

  private func keepTime() async throws {
    while true {
      timeBell.hush()
      let alarm = state.withLock { state in
        let alarm = state.machine.nextDeadline ?? .distantFuture
        state.alarm = alarm
        return alarm
      }
      if alarm > clock.now { await timeBell.wait(until: alarm, on: clock) }
      try Task.checkCancellation()
      state.withLock { $0.alarm = nil }
      step { machine, now in machine.timePassed(at: now) }
    }
  }

  private func keepConnected() async throws {
    var backoff = ReconnectBackoff(seed: seed)
    var reported: ModemError?
    while true {
      let known = state.withLock { $0.machine.identity }
      let candidates = await source.candidates(isKeyKnown: known != nil)
      attempts: for (index, candidate) in candidates.enumerated() {
        var error: ModemError
        var hasWorked = false
        do {
          let link = try await source.open(candidate)
          let result = await session(link, identity: candidate.isCertain ? nil : known)
          error = result.error
          if let worked = result.worked {
            backoff.linkWorked(for: worked)
            reported = nil
            hasWorked = true
          }
        } catch is CancellationError {
          throw CancellationError()
        } catch let cause {
          error = Self.modemError(cause)
        }
        try Task.checkCancellation()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        // The same failure again and again is one outage.
        if index == 0 || hasWorked {
          if error != reported { report(.disconnected(error)) }
          reported = error
        }
        if hasWorked { break attempts }
      }
      try await clock.sleep(for: backoff.next())
    }
  }

  /// Uses one link until it ends.
  ///
  /// - Returns: why it ended, and how long the device was ready over it; nil when it never was.
  private func session(
    _ link: any ByteLink, identity: [UInt8]?
  ) async -> (error: ModemError, worked: Duration?) {
    state.withLock { state in
      state.link = link
      state.outbox.removeAll()
      state.closeReason = nil
    }
    let opened = clock.now
    step { machine, now in machine.linkOpened(name: link.name, identity: identity, at: now) }
    var failure: (any Error)?
    await withTaskGroup(of: (any Error)?.self) { group in
      group.addTask { await Self.errorOf { try await self.readAll(link) } }
      group.addTask { await Self.errorOf { try await self.writeAll(link) } }
      group.addTask { await Self.errorOf { try await self.limitClosing() } }
      failure = await group.next() ?? nil
      group.cancelAll()
      link.close()
    }
    let error = state.withLock { state in
      state.link = nil
      return state.closeReason
        ?? failure.map(Self.modemError)
        ?? ModemError(.disconnected, "\(link.name) is gone")
    }
    let isReady = state.withLock { $0.machine.isConfigured }
    step { machine, now in machine.linkClosed(error, at: now) }
    return (error, isReady ? opened.duration(to: clock.now) : nil)
  }

  private func readAll(_ link: any ByteLink) async throws {
    while true {
      let bytes = try await link.read(upTo: 4096)
      guard !bytes.isEmpty else {
        throw ModemError(.disconnected, "\(link.name) ended the connection; was it unplugged?")
      }
      step { machine, now in machine.receive(bytes, at: now) }
    }
  }

  /// Writes what is to be written; ends once the link is to be closed and everything has left.
  private func writeAll(_ link: any ByteLink) async throws {
    while true {
      outputBell.hush()
      let (bytes, isClosing) = state.withLock { state in
        defer { state.outbox.removeAll() }
        return (state.outbox, state.closeReason != nil)
      }
      if !bytes.isEmpty {
        try await link.write(bytes)
      } else if !isClosing {
        try await wait(outputBell)
      } else if link.unsentBytes > 0 {
        try await clock.sleep(for: DriverTiming.unsentPoll)
      } else {
        return
      }
    }
  }

  /// Ends once the link is to be closed and has had its time to send what was written before.
  private func limitClosing() async throws {
    while true {
      closingBell.hush()
      if state.withLock({ $0.closeReason != nil }) { break }
      try await wait(closingBell)
    }
    try await clock.sleep(for: DriverTiming.closingLimit)
  }

  /// The modem's own error as it is, so that its code is not said twice; any other as the cause.
  private static func modemError(_ cause: any Error) -> ModemError {
    cause as? ModemError ?? ModemError(.disconnected, "\(cause)")
  }

  private func report(_ event: ModemEvent) {
    state.withLock { $0.events.append(event) }
    eventBell.ring()
  }

  private func wait(_ bell: Doorbell) async throws {
    if case .cancelled = await bell.wait() { throw CancellationError() }
  }

  private static func errorOf(_ body: () async throws -> Void) async -> (any Error)? {
    do {
      try await body()
      return nil
    } catch {
      return error
    }
  }
}

/// The driver's own waits, which the generic type cannot hold.
private enum DriverTiming {
  /// How long a link that is to be closed may take to send what was written before.
  static let closingLimit = Duration.seconds(1)
  /// How often a link is asked whether it has sent everything.
  static let unsentPoll = Duration.milliseconds(10)
}
