public import Interlock
public import InterlockRadio

/// The air between radios: who hears what, how well, and what is destroyed.
///
/// Pure: it is told of transmissions and of the time, and reports what is decoded and when. Time
/// only grows. Its random part, the shadowing of links, follows from the seed.
///
/// ```swift
/// var air = AirMachine(seed: 1)
/// let near = air.add(Radio(position: .origin, settings: settings))
/// let far = air.add(Radio(position: Position(east: 900, north: 0), settings: settings))
/// air.transmit([0x11, 0x00, 0x2A], from: near, at: .origin)
/// while let next = air.nextInstant { air.advance(to: next) }
/// while let event = air.nextEvent() { print(event) }   // delivered to `far`, then finished
/// ```
///
/// *Complexity:* a transmission costs four steps over the radios within its reach, each over the
/// transmissions that arrive there at the same time. The links are computed when a radio is added or
/// tuned: O(n²) once.
public struct AirMachine: Sendable {
  /// A transmission under way.
  struct Transmission: Sendable {
    var number: UInt64
    var sender: RadioID
    var frame: [UInt8]
    var interval: AirInterval
    var hearers: [Int]
  }

  /// How one radio hears another.
  struct Link: Sendable, Hashable {
    let hearer: Int
    let milliwatts: Double
    let rssiDBm: Int16
    let snrQuarterDB: Int16
    let isDecodable: Bool
  }

  enum Phase: Sendable {
    case end, follow, critical

    /// At one instant, ends come first: a frame that begins as another ends does not touch it.
    var rank: UInt8 {
      switch self {
      case .end: 0
      case .follow: 1
      case .critical: 2
      }
    }
  }

  /// What the shadowing of links is drawn from.
  public let seed: UInt64
  /// How signals fade with distance.
  public let pathLoss: PathLoss
  /// The present instant: the latest it was told.
  public private(set) var now = Instant.origin
  /// The radios, by their numbers.
  public private(set) var radios: [Radio] = []
  /// Attempts to send twice at once, in order; the first hundred are kept.
  public private(set) var violations: [OverlapViolation] = []
  /// Attempts to send twice at once, all of them.
  public private(set) var violationCount = 0

  /// Beyond this many, violations are only counted.
  static let keptViolations = 100

  private var statistics: [AirStatistics] = []
  private var receivers: [Receiver] = []
  /// Until when each radio sends: kept apart from the receiver's state, as an independent check.
  private var sendingUntil: [Instant] = []
  var channels: [Reception.Channel] = []
  private var timings: [Reception.Timing] = []
  var overrides: [Pair: Double] = [:]
  var links: [[Link]] = []
  var linksAreCurrent = true

  private var transmissions: [Transmission] = []
  private var freeSlots: [Int] = []
  private var begun: UInt64 = 0
  private var schedule = EventHeap<(slot: Int, phase: Phase)>()
  private var events = Deque<AirEvent>()

  /// Makes an empty air.
  public init(seed: UInt64, pathLoss: PathLoss = PathLoss()) {
    self.seed = seed
    self.pathLoss = pathLoss
  }

  // MARK: Radios

  /// Adds a radio, listening.
  ///
  /// - Returns: its number.
  @discardableResult
  public mutating func add(_ radio: Radio) -> RadioID {
    radios.append(radio)
    statistics.append(AirStatistics())
    receivers.append(Receiver())
    sendingUntil.append(now)
    channels.append(Reception.Channel(radio.settings.lora))
    timings.append(Reception.Timing(radio.settings.lora))
    links.append([])
    linksAreCurrent = false
    return RadioID(index: radios.count - 1)
  }

  /// Retunes a radio; what is in the air at this moment is lost to it.
  public mutating func tune(_ radio: RadioID, to settings: ModemSettings, at instant: Instant) {
    advance(to: instant)
    guard radios[radio.index].settings != settings else { return }
    radios[radio.index].settings = settings
    channels[radio.index] = Reception.Channel(settings.lora)
    timings[radio.index] = Reception.Timing(settings.lora)
    receivers[radio.index].retune()
    linksAreCurrent = false
  }

  // MARK: Transmitting and carrier sense

  /// Puts a frame on the air.
  ///
  /// - Returns: until when it lasts, or that the radio sends already.
  @discardableResult
  public mutating func transmit(
    _ frame: [UInt8], from radio: RadioID, at instant: Instant
  ) -> TransmitStart {
    advance(to: instant)
    let sender = radio.index
    guard sendingUntil[sender] <= now else {
      let violation = OverlapViolation(
        radio: radio, attemptedAt: now, busyUntil: sendingUntil[sender])
      violationCount += 1
      if violations.count < Self.keptViolations { violations.append(violation) }
      return .overlapping(until: violation.busyUntil)
    }
    computeLinks()
    let airtime = radios[sender].settings.lora.airtime(ofBytes: frame.count)
    let interval = AirInterval(start: now, end: now.advanced(by: airtime))
    begun += 1
    let slot = store(
      Transmission(
        number: begun, sender: radio, frame: frame, interval: interval,
        hearers: links[sender].map(\.hearer)))
    statistics[sender].sent += 1
    statistics[sender].airtime += airtime
    sendingUntil[sender] = interval.end
    receivers[sender].startSending()

    let timing = timings[sender]
    for link in links[sender] {
      statistics[link.hearer].reached += 1
      receivers[link.hearer].begin(
        Receiver.Arrival(
          transmission: slot, milliwatts: link.milliwatts,
          snrQuarterDB: link.snrQuarterDB, rssiDBm: link.rssiDBm,
          isDecodable: link.isDecodable, sensedFrom: now.advanced(byNanoseconds: timing.sensed)))
    }
    post(.critical, of: slot, at: now.advanced(byNanoseconds: timing.critical))
    post(.follow, of: slot, at: now.advanced(byNanoseconds: timing.followed))
    post(.end, of: slot, at: interval.end)
    return .onAir(number: begun, until: interval.end)
  }

  /// What a radio hears when it listens before talking; never `.left`.
  public mutating func activity(at radio: RadioID, _ instant: Instant) -> ChannelActivity {
    advance(to: instant)
    let receiver = receivers[radio.index]
    if receiver.isReceiving(at: now) { return .receiving }
    return receiver.isSending || receiver.isOccupied(at: now) ? .busy : .clear
  }

  /// Whether the radio sends now.
  public func isSending(_ radio: RadioID) -> Bool { sendingUntil[radio.index] > now }

  // MARK: Time

  /// When something happens next; nil when the air is silent.
  public var nextInstant: Instant? { schedule.nextDue }

  /// Lets time pass; what happens meanwhile is reported by `nextEvent()`.
  ///
  /// An instant before the present one is taken as the present.
  public mutating func advance(to instant: Instant) {
    while let entry = schedule.popFirst(dueBy: instant) {
      now = max(now, entry.due)
      perform(entry.payload.phase, of: entry.payload.slot)
    }
    now = max(now, instant)
  }

  /// Takes the next of the events that happened until the present instant.
  public mutating func nextEvent() -> AirEvent? { events.popFirst() }

  /// What a radio sent and what reached it.
  public func statistics(of radio: RadioID) -> AirStatistics { statistics[radio.index] }

  /// The sum over all radios.
  public var totals: AirStatistics { statistics.reduce(AirStatistics(), +) }

  // MARK: Private detail

  private mutating func perform(_ phase: Phase, of slot: Int) {
    switch phase {
    case .critical:
      for hearer in transmissions[slot].hearers { receivers[hearer].becomeCritical(slot) }
    case .follow:
      for hearer in transmissions[slot].hearers { receivers[hearer].follow(slot) }
    case .end:
      finish(slot)
    }
  }

  private mutating func finish(_ slot: Int) {
    let ended = transmissions[slot]
    transmissions[slot].frame = []
    freeSlots.append(slot)
    receivers[ended.sender.index].stopSending()
    events.append(.finished(ended.sender, number: ended.number, onAir: ended.interval))
    for hearer in ended.hearers {
      guard let (arrival, wasFollowed) = receivers[hearer].end(slot) else { continue }
      let outcome = arrival.outcome
      statistics[hearer].count(outcome)
      if outcome == .delivered {
        let frame = ReceivedFrame(
          bytes: ended.frame, snrQuarterDB: Int(arrival.snrQuarterDB),
          rssiDBm: Int(arrival.rssiDBm), receivedAt: now)
        events.append(.delivered(frame, to: RadioID(index: hearer), from: ended.sender))
      } else if wasFollowed {
        events.append(.damaged(at: RadioID(index: hearer), now))
      }
    }
  }

  private mutating func store(_ transmission: Transmission) -> Int {
    if let slot = freeSlots.popLast() {
      transmissions[slot] = transmission
      return slot
    }
    transmissions.append(transmission)
    return transmissions.count - 1
  }

  private mutating func post(_ phase: Phase, of slot: Int, at instant: Instant) {
    schedule.insert((slot, phase), due: instant, rank: phase.rank)
  }
}
