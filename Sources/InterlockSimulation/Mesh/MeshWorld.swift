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
  private(set) var now = Instant.origin
  let paths: PathFinder
  let companions: [Int]

  var book = MessageBook()
  /// What was said and what of it arrived, counted as it happens.
  var report = MeshReport()
  var generator: SeededGenerator
  private var schedule = EventHeap<Wake>()
  /// Events at radios that belong to no node of this world, and how many of them have been taken.
  private var outside: [AirEvent] = []
  private var outsideTaken = 0

  init(_ plan: MeshPlan, seed: UInt64) {
    self.plan = plan
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
          radio: RadioID(index: index), role: site.role, plan: plan, seed: seeds.next()))
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
  mutating func nextOutsideEvent() -> AirEvent? {
    guard outsideTaken < outside.count else {
      outside.removeAll(keepingCapacity: true)
      outsideTaken = 0
      return nil
    }
    outsideTaken += 1
    return outside[outsideTaken - 1]
  }

  // MARK: For what is said

  /// Hands a node's own packet to its queue.
  mutating func submit(_ request: TransmitRequest, at index: Int) {
    nodes[index].submit(request, at: now)
    drive(index)
  }

  mutating func schedule(_ source: TrafficSource, after gap: Duration) {
    schedule.insert(.source(source), due: now.advanced(by: gap))
  }
}
