public import Interlock
public import InterlockRadio

/// A repeater at work: frames from a modem go in, packets to send go to the transmit pipeline.
///
/// `RepeaterMachine` decides, under one lock, so that of two copies that arrive in the same instant on
/// two threads exactly one is accepted. Receiving never waits: neither for a transmission nor for the
/// lock, which no step holds longer than it takes to verify a signature.
///
/// ```swift
/// let repeater = Repeater(
///   identity: identity, configuration: configuration, settings: settings.lora,
///   pipeline: pipeline, clock: clock, seed: seed, unixTime: wallClock)
/// try await withThrowingTaskGroup { group in
///   group.addTask { try await pipeline.run() }
///   group.addTask { try await repeater.run() }
///   group.addTask { try await modem.run { repeater.handle($0) } }
///   …
/// }
/// ```
public final class Repeater: Sendable {
  let state: Guarded<RepeaterState>
  let pipeline: TransmitPipeline
  let clock: any MonotonicClock
  let bell = Doorbell()
  let unixTime: @Sendable () -> UInt32
  /// The program around it, if there is remote administration.
  let host: (any AdministrationHost)?
  private let identity: Identity
  private let log: @Sendable (RepeaterEvent) -> Void

  /// Makes a repeater that has heard nothing yet; it decides at once, and `run` does what is timed.
  ///
  /// - Parameters:
  ///   - identity: the node's key.
  ///   - peers: nodes whose messages to this one are recognised and not passed on.
  ///   - configuration: what is passed on, and when.
  ///   - profile: what the node announces of itself.
  ///   - administration: who may administer the node over the radio; nil for nobody.
  ///   - settings: the modulation in force.
  ///   - pipeline: sends what is passed on.
  ///   - clock: the time; the same as the pipeline's.
  ///   - seed: where chance comes from.
  ///   - unixTime: seconds since 1970, for adverts.
  ///   - log: takes each event outside every lock, on any thread. It returns soon.
  public init(
    identity: Identity, peers: [PublicKey] = [],
    configuration: RepeaterConfiguration = RepeaterConfiguration(),
    profile: AdvertProfile = AdvertProfile(), administration: Administration? = nil,
    settings: LoRaSettings, pipeline: TransmitPipeline,
    clock: any MonotonicClock, seed: UInt64, unixTime: @escaping @Sendable () -> UInt32,
    log: @escaping @Sendable (RepeaterEvent) -> Void = { _ in }
  ) {
    var seeds = SeededGenerator(seed: seed)
    let machine = RepeaterMachine(
      configuration: configuration, publicKey: identity.publicKey,
      recipient: LocalRecipient(identity: identity, peers: peers),
      administration: administration?.machine, settings: settings, seed: seeds.next())
    state = Guarded(
      RepeaterState(machine: machine, profile: profile, seed: seeds.next(), at: clock.now))
    self.identity = identity
    host = administration?.host
    self.pipeline = pipeline
    self.clock = clock
    self.unixTime = unixTime
    self.log = log
    pipeline.setMode(configuration.mode)
  }

  // MARK: Hearing

  /// Takes what a modem reports; never waits.
  public func handle(_ event: ModemEvent) {
    switch event {
    case .received(let frame):
      pipeline.recordReception(ofBytes: frame.bytes.count)
      receive(frame)
    case .connected: pipeline.radioReturned()
    case .disconnected, .receptionErrors, .noiseFloor, .lost, .notice: break
    }
  }

  /// Decides about a frame and hands on what is to be sent; never waits.
  ///
  /// - Returns: The verdict; `.held` ones are decided later, by `run`.
  @discardableResult
  public func receive(_ frame: ReceivedFrame) -> Verdict {
    let now = clock.now
    let (verdict, actions) = state.withLock { $0.receive(frame, at: now) }
    perform(actions)
    if case .held = verdict { bell.ring() }
    log(.decided(verdict, frame))
    return verdict
  }

  // MARK: Speaking

  /// Announces the node now, whatever the schedule says.
  public func announce(_ reach: AdvertSchedule.Reach) {
    let time = unixTime()
    let (data, timestamp) = state.withLock { $0.nextAdvert(unixTime: time) }
    // Signed outside the lock: it takes as long as hearing a hundred frames.
    let payload = Advert(signedBy: identity, timestamp: timestamp, data: data).payload
    originate { machine, now in
      switch reach {
      case .flood: machine.originateFlood(.advert, payload: payload, at: now)
      case .zeroHop: machine.originateDirect(.advert, payload: payload, at: now)
      }
    }
    log(.announced(reach))
  }

  /// Sends a packet of this node's own and waits until it was sent; its echoes are no news.
  ///
  /// *Cancellation:* as of the pipeline's `transmit`.
  ///
  /// - Parameters:
  ///   - packet: What is sent.
  ///   - limit: How long it may wait for the radio and the allowance; nil for the policy's limit.
  /// - Returns: what it cost.
  /// - Throws: `TransmitError` when it was not, or perhaps not, sent; `CancellationError`.
  public func send(_ packet: Packet, within limit: Duration? = nil) async throws -> TransmitReport {
    let now = clock.now
    _ = state.withLock { $0.machine.recordOwn(packet, at: now) }
    var request = TransmitRequest(ownPacket: packet, at: now)
    request.deadline = limit.map { now.advanced(by: $0) }
    return try await pipeline.transmit(request)
  }

  /// Asks the repeaters around to tell who they are; they appear among the neighbours.
  public func discover() {
    originate { machine, now in machine.discover(at: now) }
  }

  // MARK: Settings

  /// Puts another configuration in force, at once.
  public func setConfiguration(_ configuration: RepeaterConfiguration) {
    state.withLock { $0.setConfiguration(configuration, modeDecidedAt: $0.modeRevision) }
    tellMode()
  }

  /// Puts another configuration in force, at once, but not over a mode that was set in the meantime.
  ///
  /// - Parameters:
  ///   - configuration: What is passed on, and when.
  ///   - revision: `modeRevision` when the mode was decided; nil to leave the mode alone.
  package func setConfiguration(
    _ configuration: RepeaterConfiguration, modeDecidedAt revision: UInt64?
  ) {
    state.withLock { $0.setConfiguration(configuration, modeDecidedAt: revision) }
    tellMode()
  }

  /// Changes with each mode that is set.
  package var modeRevision: UInt64 { state.withLock { $0.modeRevision } }

  /// Changes who may log in to administer the node; without any password nobody administers it.
  ///
  /// Who has logged in stays a client.
  package func setPasswords(_ passwords: AdministrationMachine.Passwords) {
    state.withLock { state in
      state.machine.administration?.passwords = passwords
      state.machine.administration?.isOpen = passwords.admin != nil || passwords.guest != nil
    }
  }

  /// Changes what may be transmitted, at once, also for packets that wait.
  public func setMode(_ mode: TransmitMode) {
    state.withLock { $0.setMode(mode) }
    tellMode()
  }

  /// Tells the pipeline what may be transmitted; it ignores whoever comes late with an older mode.
  func tellMode() {
    let (mode, revision) = state.withLock { ($0.machine.configuration.mode, $0.modeRevision) }
    pipeline.setMode(mode, revision: revision)
  }

  /// Changes what the node announces; other intervals begin now.
  public func setProfile(_ profile: AdvertProfile) {
    let now = clock.now
    state.withLock { $0.setProfile(profile, at: now) }
    bell.ring()
  }

  /// Takes note that the modem was given other settings: delays follow them from now on.
  public func settingsChanged(to settings: LoRaSettings) {
    state.withLock { $0.machine.setSettings(settings) }
  }

  /// Forgets the neighbours whose key begins with `prefix`.
  public func removeNeighbour(prefix: [UInt8]) {
    state.withLock { $0.machine.removeNeighbour(prefix: prefix) }
  }

  // MARK: Readings

  /// What is passed on, and when.
  public var configuration: RepeaterConfiguration { state.withLock { $0.machine.configuration } }

  /// Everything countable, at one instant.
  public func snapshot() -> RepeaterSnapshot {
    let now = clock.now
    return state.withLock { state in
      RepeaterSnapshot(
        takenAt: now, counters: state.machine.counters, seenCount: state.machine.seenCount,
        heldCount: state.machine.heldCount, adverts: state.machine.advertReading(at: now),
        neighbours: state.machine.neighbours.neighbours)
    }
  }

  /// What was heard lately and what became of it, oldest first, copies folded into the packet they are
  /// copies of.
  public var recentPackets: [RecentPackets.Record] { state.withLock { $0.machine.recent.records } }

  // MARK: Running

  /// Decides about packets that were held back, and announces the node, each at its time.
  ///
  /// - Throws: `CancellationError` when the task was cancelled; `AlreadyRunning`.
  public func run() async throws {
    guard state.withLock({ $0.begin() }) else { throw AlreadyRunning() }
    defer { state.withLock { $0.end() } }
    while !Task.isCancelled {
      bell.hush()
      let deadline = wake()
      await bell.wait(until: deadline, on: clock)
    }
    throw CancellationError()
  }

  /// Thrown by `run` when the repeater runs already.
  public struct AlreadyRunning: Error, CustomStringConvertible {
    /// What happened and what to do.
    public var description: String {
      "the repeater is running already; cancel that task before running it again"
    }
  }

  private func wake() -> Instant? {
    let now = clock.now
    let outcome = state.withLock { $0.wake(at: now) }
    perform(outcome.actions)
    pipeline.setHeldElsewhere(outcome.heldCount)
    for (verdict, frame) in outcome.decided { log(.decided(verdict, frame)) }
    if let reach = outcome.announcement { announce(reach) }
    if let radio = outcome.restoredRadio { restore(radio) }
    return outcome.nextDeadline
  }

  func originate(_ make: (inout RepeaterMachine, Instant) -> Void) {
    let now = clock.now
    let actions = state.withLock { state in
      make(&state.machine, now)
      return state.takeActions()
    }
    perform(actions)
  }

  private func perform(_ actions: [RepeaterAction]) {
    for action in actions {
      switch action {
      case .transmit(let outgoing): submit(outgoing)
      case .deliver(let packet, let consumption): log(.delivered(packet, consumption))
      case .noteRule(let index, let packet): log(.ruleApplied(index, packet))
      case .noteBar(let key, let length): log(.advertiserBarred(key, length))
      case .administer(let task): carryOut(task)
      case .note(let event): host?.note(event)
      case .storeAccess: storeAccess()
      }
    }
  }

  private func submit(_ outgoing: OutgoingFrame) {
    guard let key = outgoing.seenKey else {
      pipeline.submit(TransmitRequest(outgoing))
      return
    }
    let submission = pipeline.submit(TransmitRequest(outgoing)) { [weak self] report in
      self?.note(.ended(report), of: key)
    }
    if case .refused(let reason) = submission { note(.refused(reason), of: key) }
  }

  /// Keeps what became of a packet; one that was never on the air may come by another path and is
  /// then passed on.
  private func note(_ transmission: RecentPackets.Transmission, of key: SeenKey) {
    state.withLock { $0.machine.note(transmission, of: key) }
    if transmission.wasNeverSent { log(.forgotten(key.hash)) }
  }
}
