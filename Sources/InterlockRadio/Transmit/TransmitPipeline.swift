public import Interlock

/// Sends packets through one radio: one at a time, within the allowance, in order of urgency.
///
/// It is the waiting half of `TransmitMachine`, which decides. One consumer task owns the sending of
/// every packet: it takes the exclusive section of the radio, passes a packet through the gate,
/// listens, transmits, and settles the account, and only then gives the section back. Changes of
/// settings take the same section. Reception has no part in it and is never held up.
///
/// ```swift
/// let pipeline = TransmitPipeline(modem: modem, settings: settings, ledger: ledger, seed: seed) {
///   log($0)
/// }
/// try await withThrowingTaskGroup { group in
///   group.addTask { try await pipeline.run() }
///   pipeline.submit(relay) { report in … }           // never waits
///   let report = try await pipeline.transmit(own)    // waits until it was on the air
///   await pipeline.stop()
/// }
/// ```
///
/// *Cancellation:* a requester that goes away takes its packet along as long as it waits. What is
/// being emitted runs to its end, because the consumer runs it, and is debited and counted.
public final class TransmitPipeline: Sendable {
  let state: Guarded<PipelineState>
  let section: AsyncMutex<ModemSession>
  let bell = Doorbell()
  let clock: any MonotonicClock
  private let executor: (any TaskExecutor)?
  /// How long the modem may take over one command, and over all of a change of settings.
  let commandLimit: Duration
  private let applyLimit: Duration
  let record: @Sendable (AirtimeLedger) async -> Void
  private let log: @Sendable (TransmitEvent) -> Void

  /// Makes a pipeline; it takes packets at once and sends them while `run` runs.
  ///
  /// - Parameters:
  ///   - modem: the radio; nobody else may transmit with it or change its settings.
  ///   - settings: what the modem is set to now.
  ///   - ledger: the airtime account, with what was sent before a restart.
  ///   - mode: what may be transmitted.
  ///   - policy: bounds and options.
  ///   - clock: the time.
  ///   - seed: what back-offs are drawn from.
  ///   - executor: where the consumer and the calls to the modem run; nil for the default.
  ///   - record: brings the account where a crash does not reach it. It is awaited before each
  ///     transmission, whose airtime the account contains already, up to the limit of the policy.
  ///   - log: takes each event, in order, one at a time, outside every lock. It returns soon.
  public init(
    modem: any Modem, settings: ModemSettings, ledger: AirtimeLedger,
    mode: TransmitMode = .forward, policy: TransmitPolicy = TransmitPolicy(),
    clock: any MonotonicClock = SystemClock(), seed: UInt64,
    executor: (any TaskExecutor)? = nil,
    record: @escaping @Sendable (AirtimeLedger) async -> Void = { _ in },
    log: @escaping @Sendable (TransmitEvent) -> Void = { _ in }
  ) {
    let timing = modem.timing(with: settings)
    let machine = TransmitMachine(
      lora: settings.lora, timing: timing, ledger: ledger, mode: mode, policy: policy,
      seed: seed)
    state = Guarded(PipelineState(machine: machine, settings: settings))
    section = AsyncMutex(
      ModemSession(modem: modem, clock: clock, executor: executor), name: "modem", clock: clock)
    self.clock = clock
    self.executor = executor
    self.record = record
    self.log = log
    commandLimit = policy.requestLimit
    applyLimit = policy.requestLimit * timing.applyCommands
  }

  // MARK: Packets

  /// Takes a packet, or refuses it; never waits.
  ///
  /// - Parameters:
  ///   - request: the packet.
  ///   - onFinished: told exactly once how an accepted packet ended, in order, outside every lock,
  ///     on any thread. It returns soon; it may submit further packets.
  /// - Returns: the packet's name, or why it was refused.
  @discardableResult
  public func submit(
    _ request: TransmitRequest, onFinished: (@Sendable (TransmitReport) -> Void)? = nil
  ) -> Submission {
    change { state, now in state.submit(request, onFinished, at: now) }
  }

  /// Sends a packet and waits until it was sent.
  ///
  /// *Cancellation:* throws `CancellationError` at once. A packet that waits is then dropped; one
  /// that is being emitted is on the air all the same.
  ///
  /// - Returns: what it cost.
  /// - Throws: `TransmitError` when it was not, or perhaps not, sent; `CancellationError`.
  public func transmit(_ request: TransmitRequest) async throws -> TransmitReport {
    try Task.checkCancellation()
    let answer = FirstAnswer<Result<TransmitReport, CancellationError>>()
    let id: TransmitID
    switch submit(request, onFinished: { answer.give(.success($0)) }) {
    case .refused(let reason): throw TransmitError.dropped(reason)
    case .accepted(let accepted): id = accepted
    }
    let report = try await withTaskCancellationHandler {
      await answer.value
    } onCancel: {
      answer.give(.failure(CancellationError()))
      // Nobody is called from here, under the runtime's locks: the consumer tells the rest.
      step { state, now in state.machine.cancel(id, at: now) }
      bell.ring()
    }.get()
    switch report.result {
    case .sent: return report
    case .failed(let error): throw TransmitError.failed(error)
    case .unknown(let error): throw TransmitError.unknown(error)
    case .dropped(let reason): throw TransmitError.dropped(reason)
    }
  }

  /// Gives a packet up; does nothing when it is being emitted or has ended.
  public func cancel(_ id: TransmitID) {
    change { state, now in state.machine.cancel(id, at: now) }
  }

  // MARK: Settings

  /// Gives the modem other settings and the account another allowance, between two transmissions.
  ///
  /// Both change together: nothing is sent on the new channel under the old allowance. What is nil
  /// stays. Airtimes follow the settings from then on. A modem that is away gets them when it is back,
  /// before anything is sent.
  ///
  /// *Cancellation:* while it waits for its turn; once begun it runs to its end.
  ///
  /// - Throws: `ModemError` when the modem refuses, is lost meanwhile or does not answer in time;
  ///   then nothing changes. One that did not answer may take the settings later: nothing is sent
  ///   before it has been re-initialised and told those of before. `CancellationError`.
  public func apply(
    _ settings: ModemSettings? = nil, dutyCycle: DutyCyclePolicy? = nil
  ) async throws {
    try await section.withLock { session in
      if let settings { try await tell(settings, to: &session) }
      let timing = settings.map { session.timing(with: $0) }
      change { state, now in
        if let settings, let timing { state.settingsChanged(to: settings, timing: timing) }
        if let dutyCycle { state.machine.setDutyCycle(dutyCycle, at: now) }
      }
    }
  }

  private func tell(
    _ settings: ModemSettings, to session: inout ModemSession
  ) async throws(ModemError) {
    do {
      try await session.request(limit: applyLimit) { modem throws(ModemError) in
        try await modem.apply(settings)
      }
    } catch {
      if error.code == .timedOut {
        change { state, now in state.machine.settingsUnanswered(at: now) }
      }
      throw error
    }
  }

  /// Puts other bounds and options in force, at once; how long the modem may take over a request
  /// stays as it was.
  public func setPolicy(_ policy: TransmitPolicy) {
    change { state, _ in state.machine.setPolicy(policy) }
  }

  /// Changes what may be transmitted, at once and for packets that wait; what is being emitted runs
  /// to its end.
  public func setMode(_ mode: TransmitMode) {
    change { state, now in state.machine.setMode(mode, at: now) }
  }

  /// Does the same for an owner whose changes may come out of order: one with a lower revision than
  /// that in force is ignored.
  package func setMode(_ mode: TransmitMode, revision: UInt64) {
    change { state, now in state.setMode(mode, revision: revision, at: now) }
  }

  /// Counts packets held elsewhere against the same bound.
  public func setHeldElsewhere(_ count: Int) {
    change { state, _ in state.machine.heldElsewhere = count }
  }

  /// The modem was connected again: if the radio was taken for down, it is tried at once.
  public func radioReturned() {
    change { state, now in state.machine.radioReturned(at: now) }
  }

  /// Counts a received frame in the airtime account.
  public func recordReception(ofBytes bytes: Int) {
    step { state, _ in state.machine.recordReception(ofBytes: bytes) }
  }

  // MARK: Readings

  /// Everything countable, at one instant.
  public func snapshot() -> TransmitSnapshot {
    step { state, now in state.machine.snapshot(at: now) }
  }

  /// The airtime account, to be kept over a restart.
  public var ledger: AirtimeLedger { state.withLock { $0.machine.ledger } }

  /// Whether `run` runs.
  public var isRunning: Bool { state.withLock { $0.isRunning } }

  // MARK: Running

  /// Sends what is submitted until `stop`, or until the task is cancelled, which does the same.
  ///
  /// It returns when the transmission under way has ended or been given up, and the end of every
  /// packet that was taken before has been told. It may be run again.
  ///
  /// - Throws: `CancellationError` when the task was cancelled; `AlreadyRunning`.
  public func run() async throws {
    guard state.withLock({ $0.begin() }) else { throw AlreadyRunning() }
    // Owner: this call, which waits for it. It is no child task, because a cancellation must not
    // keep it from settling what is on the air.
    let consumer = Task(executorPreference: executor) { await self.consume() }
    await withTaskCancellationHandler {
      await consumer.value
    } onCancel: {
      requestStop()
    }
    let waiters = step { state, now in state.end(at: now) }
    await tellEverything()
    for waiter in waiters { waiter.resume() }
    try Task.checkCancellation()
  }

  /// Drops what waits and returns when nothing is being transmitted any more, and the end of every
  /// packet that was taken before has been told.
  ///
  /// No transmission begins after it was called. It takes at most the limit of one command and one
  /// send deadline. Packets are refused until the next `run`; stopping twice is harmless. It does not
  /// reach a `run` that has not begun yet: cancel the task of that one.
  public func stop() async {
    requestStop()
    deliver()
    await withCheckedContinuation { waiter in
      let isOver = state.withLock { !$0.awaitEnd(waiter) }
      if isOver { waiter.resume() }
    }
    // The run may have ended before, and whoever saw the end of it may still be telling.
    await tellEverything()
  }

  /// Thrown by `run` when the pipeline runs already.
  public struct AlreadyRunning: Error, CustomStringConvertible {
    /// What happened and what to do.
    public var description: String {
      "the transmit pipeline is running already; stop it before running it again"
    }
  }

  private func requestStop() {
    step { state, now in state.machine.shutdown(at: now) }
    bell.ring()
  }

  // MARK: Steps

  /// Runs one step of the state at the present instant.
  @discardableResult
  func step<Result>(
    _ body: (inout PipelineState, Instant) -> sending Result
  ) -> sending Result {
    let now = clock.now
    return state.withLock { state in
      let now = state.observe(now)
      return body(&state, now)
    }
  }

  /// Runs one step, wakes the consumer and tells what the step brought about.
  @discardableResult
  func change<Result>(
    _ body: (inout PipelineState, Instant) -> sending Result
  ) -> sending Result {
    let result = step(body)
    bell.ring()
    deliver()
    return result
  }

  func deliver() {
    var continuing = false
    while let delivery = state.withLock({ $0.nextDelivery(continuing: continuing) }) {
      continuing = true
      switch delivery {
      case .event(let event): log(event)
      case .finished(let completion, let report): completion.tell(report)
      case .caughtUp(let waiters): for waiter in waiters { waiter.resume() }
      }
    }
  }

  /// Tells what there is to tell, and waits for the task that is telling already, if one is.
  private func tellEverything() async {
    deliver()
    await withCheckedContinuation { waiter in
      let isTold = state.withLock { !$0.awaitTelling(waiter) }
      if isTold { waiter.resume() }
    }
  }
}
