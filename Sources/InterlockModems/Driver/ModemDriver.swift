package import Interlock
package import InterlockRadio

/// Runs a `ModemMachine` on real links and a real clock.
///
/// Three loops under `run`: one keeps a link open and reads and writes it, one calls the machine at
/// its deadlines, one hands events to the receiver. Requests come in from outside at any time. Every
/// step of the machine is taken under one guard; what it asks for is done after leaving it.
package final class ModemDriver<Machine: ModemMachine>: Modem {
  struct State {
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

  /// The machine as it was made, which nothing has happened to.
  private let blank: Machine
  let state: Guarded<State>
  let source: any ByteLinkSource
  let clock: any MonotonicClock
  let seed: UInt64
  private let eventBell = Doorbell()
  let outputBell = Doorbell()
  let closingBell = Doorbell()
  private let timeBell = Doorbell()

  /// Makes a driver; nothing is opened before `run`.
  ///
  /// The waits between attempts to connect are drawn from `seed`.
  package init(
    machine: Machine, source: any ByteLinkSource, clock: any MonotonicClock, seed: UInt64
  ) {
    blank = machine
    state = Guarded(State(machine: machine))
    self.source = source
    self.clock = clock
    self.seed = seed
  }

  // MARK: Modem

  package func timing(with settings: ModemSettings) -> ModemTiming {
    blank.timing(with: settings)
  }

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
  func step(_ body: (inout Machine, Instant) -> Void) {
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

  func report(_ event: ModemEvent) {
    state.withLock { $0.events.append(event) }
    eventBell.ring()
  }

  func wait(_ bell: Doorbell) async throws {
    if case .cancelled = await bell.wait() { throw CancellationError() }
  }
}
