internal import Interlock
internal import InterlockRadio

/// What a `LiveAir` guards: the world, and who waits for what.
struct LiveState: Sendable {
  typealias Reply = CheckedContinuation<TransmitOutcome, Never>
  typealias Events = AsyncStream<ModemEvent>.Continuation

  /// What is to be done after the lock is left.
  enum Effect: Sendable {
    case reply(Reply, TransmitOutcome)
    case report(Events, ModemEvent)
    case wake(AsyncStream<Void>.Continuation)
    case show(MeshHappening, @Sendable (MeshHappening) -> Void)

    func perform() {
      switch self {
      case .reply(let reply, let outcome): reply.resume(returning: outcome)
      case .report(let events, let event): events.yield(event)
      case .wake(let bell): bell.yield()
      case .show(let happening, let observer): observer(happening)
      }
    }
  }

  /// A modem's side of a radio.
  struct Port: Sendable {
    let device: String
    var faults: ModemFaults
    var isPluggedIn = true
    var transmissions = 0
    /// Where its events go while it runs.
    var events: Events?
    /// The transmission that hangs until it is reset.
    var hung: Reply?
  }

  enum Timer: Sendable {
    case reply(Reply, TransmitOutcome)
    case plugIn(RadioID)
  }

  var world: any AirWorld
  private let observer: (@Sendable (MeshHappening) -> Void)?
  private(set) var isStopped = false
  private var ports: [RadioID: Port] = [:]
  private var sending: [UInt64: (reply: Reply, fault: ModemFaults.Transmission)] = [:]
  private var timers = EventHeap<Timer>()
  private var bell: AsyncStream<Void>.Continuation?
  /// Never goes back, even if two callers read the clock in one order and come in another.
  private var now = Instant.origin

  init(world: any AirWorld, observer: (@Sendable (MeshHappening) -> Void)?) {
    self.world = world
    self.observer = observer
  }

  // MARK: The run loop

  mutating func start(_ bell: AsyncStream<Void>.Continuation) {
    self.bell = bell
    isStopped = false
  }

  /// Ends every transmission that would otherwise wait for ever.
  mutating func stop() -> [Effect] {
    bell = nil
    isStopped = true
    let gone = TransmitOutcome.unknown(
      ModemError(.disconnected, "the simulated air was stopped while the frame was being sent"))
    var effects = sending.keys.sorted().compactMap { number in
      sending[number].map { Effect.reply($0.reply, gone) }
    }
    sending = [:]
    while let timer = timers.popFirst(dueBy: .distantFuture) {
      if case .reply(let reply, let outcome) = timer.payload {
        effects.append(.reply(reply, outcome))
      }
    }
    for radio in ports.keys.sorted() {
      if let hung = ports[radio]?.hung { effects.append(.reply(hung, gone)) }
      ports[radio]?.hung = nil
    }
    return effects
  }

  /// Lets time pass and collects what it brought; tells when to come again.
  mutating func step(at instant: Instant) -> (effects: [Effect], next: Instant?) {
    pass(to: instant)
    world.advance(to: now)
    var effects: [Effect] = []
    while let event = world.nextEvent() { handle(event, &effects) }
    while let timer = timers.popFirst(dueBy: now) {
      switch timer.payload {
      case .reply(let reply, let outcome): effects.append(.reply(reply, outcome))
      case .plugIn(let radio): effects += plugIn(radio)
      }
    }
    if let observer {
      effects += world.takeHappenings().map { .show($0, observer) }
    }
    let next = [world.nextInstant, timers.nextDue].compactMap(\.self).min()
    return (effects, next)
  }

  private mutating func pass(to instant: Instant) { now = max(now, instant) }

  private mutating func handle(_ event: AirEvent, _ effects: inout [Effect]) {
    switch event {
    case .delivered(let frame, let radio, _):
      report(.received(frame), at: radio, &effects)
    case .damaged(let radio, _):
      report(.receptionErrors(1), at: radio, &effects)
    case .finished(_, let number, let onAir):
      guard let (reply, fault) = sending.removeValue(forKey: number) else { return }
      switch fault {
      case .late(let delay):
        timers.insert(
          .reply(reply, .sent(onAir: onAir)), due: onAir.end.advanced(by: delay))
      case .unconfirmed:
        let error = ModemError(.unconfirmed, "the simulated modem will not say whether it sent")
        effects.append(.reply(reply, .unknown(error)))
      case .none, .refused, .hangs, .linkLost:
        effects.append(.reply(reply, .sent(onAir: onAir)))
      }
    }
  }

  private func report(_ event: ModemEvent, at radio: RadioID, _ effects: inout [Effect]) {
    guard let port = ports[radio], port.isPluggedIn, let events = port.events else { return }
    effects.append(.report(events, event))
  }

  // MARK: Ports

  mutating func attach(
    _ radio: Radio, relaysAs hop: UInt8?, device: String?, faults: ModemFaults
  ) -> RadioID {
    let id = world.add(radio, relaysAs: hop)
    ports[id] = Port(device: device ?? "simulated \(id)", faults: faults)
    return id
  }

  mutating func setFaults(_ faults: ModemFaults, of radio: RadioID) {
    ports[radio]?.faults = faults
  }

  /// Begins to report a radio's events there; at once whether it is connected.
  mutating func open(_ radio: RadioID, _ events: Events) -> [Effect] {
    ports[radio]?.events = events
    guard let port = ports[radio], port.isPluggedIn else { return [] }
    return [.report(events, .connected(device: port.device)), .report(events, noise(at: radio))]
  }

  mutating func close(_ radio: RadioID) {
    ports[radio]?.events = nil
  }

  private func noise(at id: RadioID) -> ModemEvent {
    let radio = world.radio(id)
    let floor = Reception.noiseFloor(
      bandwidthHz: radio.settings.lora.bandwidthHz, noiseFigureDB: radio.noiseFigureDB)
    return .noiseFloor(dBm: Int(floor.rounded()))
  }

  static let unplugged = ModemError(.disconnected, "the simulated modem is unplugged")

  mutating func unplug(_ radio: RadioID) -> [Effect] {
    guard let port = ports[radio], port.isPluggedIn else { return [] }
    ports[radio]?.isPluggedIn = false
    ports[radio]?.hung = nil
    var effects: [Effect] = []
    if let hung = port.hung { effects.append(.reply(hung, .unknown(Self.unplugged))) }
    if let events = port.events { effects.append(.report(events, .disconnected(Self.unplugged))) }
    return effects
  }

  mutating func plugIn(_ radio: RadioID) -> [Effect] {
    guard let port = ports[radio], !port.isPluggedIn else { return [] }
    ports[radio]?.isPluggedIn = true
    guard let events = port.events else { return [] }
    return [.report(events, .connected(device: port.device))]
  }

  // MARK: What a modem is asked

  mutating func transmit(
    _ frame: [UInt8], from radio: RadioID, at instant: Instant, reply: Reply
  ) -> [Effect] {
    pass(to: instant)
    guard !isStopped, let port = ports[radio], port.isPluggedIn else {
      return [.reply(reply, .notSent(Self.unplugged))]
    }
    let fault = port.faults.fault(ofTransmission: port.transmissions)
    ports[radio]?.transmissions += 1
    switch fault {
    case .refused(let error):
      return [.reply(reply, .notSent(error))]
    case .hangs(onAir: false):
      ports[radio]?.hung = reply
      return []
    case .none, .late, .unconfirmed, .hangs(onAir: true), .linkLost:
      break
    }
    switch world.transmit(frame, from: radio, at: now) {
    case .overlapping(let until):
      let left = now.duration(to: until)
      return [.reply(reply, .notSent(ModemError(.busy, "already sending, for another \(left)")))]
    case .onAir(let number, let until):
      return begin(number, until: until, from: radio, fault: fault, reply: reply) + wake()
    }
  }

  private mutating func begin(
    _ number: UInt64, until: Instant, from radio: RadioID, fault: ModemFaults.Transmission,
    reply: Reply
  ) -> [Effect] {
    switch fault {
    case .hangs:
      ports[radio]?.hung = reply
      return []
    case .linkLost(let duration):
      timers.insert(.plugIn(radio), due: now.advanced(by: duration))
      return unplug(radio) + [.reply(reply, .unknown(Self.unplugged, quietBy: until))]
    case .none, .late, .unconfirmed, .refused:
      sending[number] = (reply, fault)
      return []
    }
  }

  private func wake() -> [Effect] { bell.map { [.wake($0)] } ?? [] }

  mutating func activity(
    at radio: RadioID, _ instant: Instant
  ) throws(ModemError) -> ChannelActivity {
    pass(to: instant)
    guard let port = ports[radio], port.isPluggedIn else { throw Self.unplugged }
    switch port.faults.listening {
    case .none: break
    case .busyForEver: return .busy
    case .falsePreamble(let heard):
      if heard <= now, latch(of: radio, { $0.sawPreamble(at: heard) }) { return .receiving }
    case .falseHeader(let heard):
      if heard <= now, latch(of: radio, { $0.sawHeader(at: heard) }) { return .receiving }
    case .fails(let error): throw error
    }
    return world.activity(at: radio, now)
  }

  /// Whether a radio that saw this, and nothing since, still takes a packet to be arriving.
  private func latch(of radio: RadioID, _ see: (inout ReceptionLatch) -> Void) -> Bool {
    var latch = ReceptionLatch(world.radio(radio).settings.lora)
    see(&latch)
    return latch.isReceiving(at: now)
  }

  mutating func tune(
    _ radio: RadioID, to settings: ModemSettings, at instant: Instant
  ) throws(ModemError) {
    pass(to: instant)
    guard let port = ports[radio], port.isPluggedIn else { throw Self.unplugged }
    world.tune(radio, to: settings, at: now)
  }

  mutating func reset(_ radio: RadioID) throws(ModemError) -> [Effect] {
    guard let port = ports[radio], port.isPluggedIn else { throw Self.unplugged }
    ports[radio]?.hung = nil
    let aborted = ModemError(.timedOut, "the simulated modem was reset before it answered")
    return port.hung.map { [.reply($0, .unknown(aborted))] } ?? []
  }
}
