internal import Interlock

/// The packets that were accepted: who is due, who is next, who is too old, who has to go when it
/// is full.
///
/// Each question has a heap of its own over the same slots, so every step is logarithmic however
/// many wait.
///
/// *Fairness:* priority 0 first, in order of due time; the others by priority, then due time, then
/// acceptance. One that has been ready for longer than `ageingAfter` gains a level each `ageingStep`,
/// down to level 1, so nothing starves among them. It does not gain level 0: there, a limit on
/// urgent packets in a row protects it instead, so that a packet on a known path still goes next
/// however many floods have grown old.
struct TransmitQueue: Sendable {
  /// The order within priority 0, and among the aged.
  struct TimeKey: Comparable, Sendable {
    var instant: Instant
    var sequence: UInt64

    static func < (left: TimeKey, right: TimeKey) -> Bool {
      (left.instant, left.sequence) < (right.instant, right.sequence)
    }
  }

  /// The order of those that have not aged.
  struct LevelKey: Comparable, Sendable {
    var priority: Int
    var due: Instant
    var sequence: UInt64

    static func < (left: LevelKey, right: LevelKey) -> Bool {
      (left.priority, left.due, left.sequence) < (right.priority, right.due, right.sequence)
    }
  }

  /// The order of leaving when the queue is full: the least urgent first, and of those the one with
  /// the latest due time.
  struct EvictionKey: Comparable, Sendable {
    var level: LevelKey

    static func < (left: EvictionKey, right: EvictionKey) -> Bool { right.level < left.level }
  }

  /// Who has to leave so that a newcomer fits.
  enum Victim: Equatable {
    case newcomer
    case packet(Int)
  }

  var policy: TransmitPolicy
  private var slots: [QueuedPacket?] = []
  private var freeSlots: [Int] = []
  private var lastSequence: UInt64 = 0

  /// When something changes by itself: a delay or a life ends, ageing begins.
  private var timers = SlotHeap<TimeKey>()
  private var urgent = SlotHeap<TimeKey>()
  private var fresh = SlotHeap<LevelKey>()
  /// By the instant at which the packet reaches level 0 of ageing; the level at any time follows.
  private var aged = SlotHeap<TimeKey>()
  private var evictions = SlotHeap<EvictionKey>()
  /// By the time of reception.
  private var acknowledgements = SlotHeap<TimeKey>()
  /// Urgent packets handed out in a row while another was ready.
  private var urgentInARow = 0

  init(policy: TransmitPolicy) {
    self.policy = policy
  }

  /// Packets waiting for their due time or their turn.
  var waitingCount: Int { timers.count }
  var readyCount: Int { urgent.count + fresh.count + aged.count }
  var delayedCount: Int { waitingCount - readyCount }
  /// When the queue wants to be advanced next.
  var nextTimer: Instant? { timers.first?.key.instant }

  /// All packets, in no useful order; linear in the number of slots.
  var allSlots: [Int] { slots.indices.filter { slots[$0] != nil } }

  subscript(slot: Int) -> QueuedPacket? { slots[slot] }

  func slot(of id: TransmitID) -> Int? {
    guard id.slot < slots.count, slots[id.slot]?.id == id else { return nil }
    return id.slot
  }

  mutating func update<Result>(_ slot: Int, _ change: (inout QueuedPacket) -> Result) -> Result? {
    guard var packet = slots[slot] else { return nil }
    slots[slot] = nil
    defer { slots[slot] = packet }
    return change(&packet)
  }

  // MARK: Coming and going

  mutating func insert(
    _ request: TransmitRequest, delay: Duration, due: Instant, expiry: Instant, at now: Instant
  ) -> TransmitID {
    lastSequence += 1
    let slot = freeSlots.popLast() ?? slots.count
    if slot == slots.count { slots.append(nil) }
    let id = TransmitID(sequence: lastSequence, slot: slot)
    slots[slot] = QueuedPacket(
      id: id, request: request, acceptedAt: now, expiry: expiry, delay: delay, due: due)
    enqueue(slot, at: now)
    return id
  }

  /// Takes a packet's turn: it waits no more, and holds its slot until it is removed or put back.
  mutating func take(_ slot: Int) {
    guard let packet = slots[slot] else { return }
    if packet.isUrgent {
      urgentInARow = fresh.isEmpty && aged.isEmpty ? 0 : urgentInARow + 1
    } else {
      urgentInARow = 0
    }
    dequeue(slot)
    slots[slot]?.stage = .inFlight
  }

  /// Lets a packet wait again, until `due` and then for its turn.
  mutating func putBack(_ slot: Int, due: Instant, at now: Instant) {
    dequeue(slot)
    slots[slot]?.due = due
    slots[slot]?.stage = .delayed
    enqueue(slot, at: now)
  }

  mutating func remove(_ slot: Int) -> QueuedPacket? {
    guard let packet = slots[slot] else { return nil }
    dequeue(slot)
    slots[slot] = nil
    freeSlots.append(slot)
    return packet
  }

  private mutating func enqueue(_ slot: Int, at now: Instant) {
    guard let packet = slots[slot] else { return }
    let key = levelKey(of: packet)
    evictions.insert(slot, key: EvictionKey(level: key))
    if packet.request.kind == .acknowledgement {
      acknowledgements.insert(
        slot, key: TimeKey(instant: packet.request.receivedAt, sequence: key.sequence))
    }
    if packet.due <= now { makeReady(slot) } else { setTimer(slot, packet.due) }
  }

  private mutating func dequeue(_ slot: Int) {
    timers.remove(slot)
    urgent.remove(slot)
    fresh.remove(slot)
    aged.remove(slot)
    evictions.remove(slot)
    acknowledgements.remove(slot)
  }

  // MARK: Time

  /// Moves on what has become due or old enough by `now`.
  ///
  /// - Returns: the packets that are too old.
  mutating func advance(to now: Instant) -> [Int] {
    var expired: [Int] = []
    while let (key, slot) = timers.first, key.instant <= now, let packet = slots[slot] {
      if packet.expiry <= now {
        expired.append(slot)
        dequeue(slot)
      } else if packet.stage == .delayed {
        makeReady(slot)
      } else {
        makeAged(slot)
      }
    }
    return expired
  }

  private mutating func makeReady(_ slot: Int) {
    slots[slot]?.stage = .ready
    guard let packet = slots[slot] else { return }
    if packet.isUrgent {
      urgent.insert(slot, key: TimeKey(instant: packet.due, sequence: packet.id.sequence))
      setTimer(slot, packet.expiry)
    } else {
      fresh.insert(slot, key: levelKey(of: packet))
      setTimer(slot, packet.due.advanced(by: policy.ageingAfter))
    }
  }

  private mutating func makeAged(_ slot: Int) {
    guard let packet = slots[slot] else { return }
    fresh.remove(slot)
    let ageing = policy.ageingAfter + policy.ageingStep * packet.request.priority
    aged.insert(
      slot, key: TimeKey(instant: packet.due.advanced(by: ageing), sequence: packet.id.sequence))
    setTimer(slot, packet.expiry)
  }

  private mutating func setTimer(_ slot: Int, _ instant: Instant) {
    guard let packet = slots[slot] else { return }
    timers.insert(
      slot, key: TimeKey(instant: min(instant, packet.expiry), sequence: packet.id.sequence))
  }

  private func levelKey(of packet: QueuedPacket) -> LevelKey {
    LevelKey(priority: packet.request.priority, due: packet.due, sequence: packet.id.sequence)
  }

  // MARK: Order

  /// The ready packet whose turn it is.
  func next(at now: Instant) -> Int? {
    let other = nextOfTheOthers(at: now)
    guard let first = urgent.first else { return other }
    if let other, urgentInARow >= policy.urgentRun { return other }
    return first.slot
  }

  private func nextOfTheOthers(at now: Instant) -> Int? {
    guard let old = aged.first else { return fresh.first?.slot }
    guard let new = fresh.first else { return old.slot }
    // At equal levels the aged one has been waiting longer.
    return agedLevel(old.key.instant, at: now) <= new.key.priority ? old.slot : new.slot
  }

  /// The level of an aged packet that reaches level 0 at `zero`, rounded up to a whole one.
  private func agedLevel(_ zero: Instant, at now: Instant) -> Int {
    let step = max(1, policy.ageingStep.nanoseconds)
    let remaining = max(0, now.nanoseconds(to: zero))
    return max(1, Int((remaining + step - 1) / step))
  }

  // MARK: Room

  /// Who has to leave for a newcomer, when the queue is full.
  func victim(for newcomer: TransmitRequest, due: Instant, at now: Instant) -> Victim {
    if let oldest = acknowledgements.first,
      oldest.key.instant.advanced(by: policy.acknowledgementAge) < now
    {
      return .packet(oldest.slot)
    }
    guard let worst = evictions.first else { return .newcomer }
    let level = LevelKey(priority: newcomer.priority, due: due, sequence: lastSequence + 1)
    let isWorse = EvictionKey(level: level) < worst.key
    let isProtected = worst.key.level.priority == 0 && newcomer.kind.isFlooded
    return isWorse || isProtected ? .newcomer : .packet(worst.slot)
  }
}
