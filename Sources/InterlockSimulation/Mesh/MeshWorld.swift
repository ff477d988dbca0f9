internal import Interlock
internal import InterlockMeshCore
internal import InterlockRadio

/// A mesh in simulated time: an air, nodes made of the real machines, and people who talk.
///
/// Discrete and synchronous: it goes from event to event and calls no task, so a day takes seconds.
/// Everything follows from plan and seed.
struct MeshWorld: Sendable {
  enum Wake: Sendable {
    case node(Int)
    case source(TrafficSource)
  }

  let plan: MeshPlan
  /// The nodes; each has the radio of its number.
  private(set) var nodes: [MeshNode] = []
  private(set) var medium: MeshMedium
  let start: Instant
  private(set) var now: Instant
  private(set) var paths: PathFinder
  let channel: Channel
  let companions: [Int]

  var book = MessageBook()
  /// What was said and what of it arrived, counted as it happens.
  var report = MeshReport()
  var generator: SeededGenerator
  private var schedule = EventHeap<Wake>()
  /// Events at radios that belong to no node of this world, and how many of them have been taken.
  private var outside = Deque<AirEvent>()
  /// The first bytes of the keys of relays outside this world, by their radios.
  private var outsideHops: [Int: UInt8] = [:]
  private var happenings: [MeshHappening] = []

  init(_ plan: MeshPlan, seed: UInt64, start: Instant = .origin) {
    self.plan = plan
    self.start = start
    now = start
    guard let channel = Channel(key: MeshPlan.publicChannelKey) else {
      preconditionFailure("the key of the public channel has the length of none")
    }
    self.channel = channel
    var seeds = SeededGenerator(seed: seed)
    let air = AirMachine(
      Topology(positions: plan.sites.map(\.position), links: plan.links), settings: plan.modem,
      seed: seeds.next(), pathLoss: plan.pathLoss)
    medium = MeshMedium(air)
    paths = PathFinder(air, isRelay: plan.sites.map { $0.role == .repeater })
    companions = plan.sites.indices.filter { plan.sites[$0].role == .companion }
    generator = SeededGenerator(seed: seeds.next())
    for (index, site) in plan.sites.enumerated() {
      nodes.append(
        MeshNode(
          radio: RadioID(index: index), role: site.role, plan: plan, start: start,
          seed: seeds.next()))
    }
    scheduleTraffic()
  }

  // MARK: Time

  var nextInstant: Instant? {
    switch (medium.air.nextInstant, schedule.nextDue) {
    case (let air?, let wake?): min(air, wake)
    case (let air, let wake): air ?? wake
    }
  }

  mutating func advance(to instant: Instant) {
    while let next = nextInstant, next <= instant {
      now = max(now, next)
      medium.air.advance(to: now)
      while let event = medium.air.nextEvent() { handle(event) }
      while let entry = schedule.popFirst(dueBy: now) {
        switch entry.payload {
        case .node(let node): if nodes[node].wake(due: entry.due, at: now) { drive(node) }
        case .source(let source): speak(source)
        }
      }
    }
    now = max(now, instant)
    medium.air.advance(to: now)
  }

  private mutating func handle(_ event: AirEvent) {
    switch event {
    case .delivered(let frame, let radio, let sender):
      medium.note(receptionBy: radio, from: sender, at: now)
      guard radio.index < nodes.count else { return outside.append(event) }
      guard nodes[radio.index].isRepeater else { return read(frame, at: radio.index) }
      nodes[radio.index].receive(frame, at: now)
      drive(radio.index)
    case .damaged(let radio, _):
      if radio.index >= nodes.count { outside.append(event) }
    case .finished(let radio, let number, let onAir):
      guard radio.index < nodes.count else { return outside.append(event) }
      nodes[radio.index].finished(number, onAir, at: now)
      drive(radio.index)
    }
  }

  private mutating func drive(_ index: Int) {
    guard let wake = nodes[index].drive(&medium, at: now) else { return }
    schedule.insert(.node(index), due: wake)
  }

  /// Takes the next event at a radio that belongs to no node of this world.
  mutating func nextOutsideEvent() -> AirEvent? { outside.popFirst() }

  // MARK: For what is said

  /// Hands a node's own packet to its queue.
  mutating func submit(_ request: TransmitRequest, at index: Int) {
    nodes[index].submit(request, at: now)
    drive(index)
  }

  /// How paths name a relay.
  func hop(_ radio: Int) -> UInt8 {
    radio < nodes.count ? nodes[radio].identity.publicKey.hash : outsideHops[radio] ?? 0
  }

  /// Keeps what somebody did, if it is to be shown.
  mutating func note(_ node: Int, _ kind: MeshHappening.Kind) {
    guard plan.keepsHappenings, happenings.count < Self.keptHappenings else { return }
    happenings.append(MeshHappening(at: now, name: plan.sites[node].name, kind: kind))
  }

  /// Takes what was kept.
  mutating func takeHappenings() -> [MeshHappening] {
    defer { happenings.removeAll(keepingCapacity: true) }
    return happenings
  }

  /// Beyond this many that nobody has taken, what people do is not kept.
  private static let keptHappenings = 1_000

  /// Adds a radio that belongs to no node of this world; with a hop it relays, and paths go over it.
  mutating func add(_ radio: Radio, relaysAs hop: UInt8?) -> RadioID {
    let id = medium.air.add(radio)
    outsideHops[id.index] = hop
    paths = PathFinder(
      medium.air,
      isRelay: medium.air.radios.indices.map {
        $0 < nodes.count ? nodes[$0].isRepeater : outsideHops[$0] != nil
      })
    return id
  }

  mutating func tune(_ radio: RadioID, to settings: ModemSettings) {
    medium.air.tune(radio, to: settings, at: now)
  }

  mutating func transmit(_ frame: [UInt8], from radio: RadioID) -> TransmitStart {
    medium.air.transmit(frame, from: radio, at: now)
  }

  mutating func activity(at radio: RadioID) -> ChannelActivity {
    medium.air.activity(at: radio, now)
  }

  mutating func schedule(_ source: TrafficSource, after gap: Duration) {
    schedule.insert(.source(source), due: now.advanced(by: gap))
  }
}
