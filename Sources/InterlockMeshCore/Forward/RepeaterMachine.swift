public import Interlock
public import InterlockRadio

/// Decides what a repeater does with each frame it hears.
///
/// It is pure: frames and the time go in, verdicts come out, and what is to be done is taken with
/// `nextAction`. Chance comes from the seed it was made with. One step checks whether a packet is new
/// and records it, so that of two copies exactly one is accepted, whoever hears them.
///
/// Only what was accepted is recorded as seen. A copy that was refused for a reason another copy may
/// not share — its path, its region, whose turn it is — does not stand in the way of a better one.
///
/// *Source:* decision order of the MeshCore firmware 1.17.1, role repeater, without its flaws: packets
/// seen before they are eligible, the hop counter that wraps, empty packets relayed.
public struct RepeaterMachine: Sendable {
  /// What the operator has set.
  public private(set) var configuration: RepeaterConfiguration
  /// The signal of the last frame heard, where the modem could tell.
  public private(set) var lastSignal: (snrQuarterDB: Int?, rssiDBm: Int?) = (nil, nil)
  /// What was counted.
  public internal(set) var counters = RepeaterCounters()
  /// What was heard lately.
  public internal(set) var recent: RecentPackets

  let publicKey: PublicKey
  let ownPrefix: KeyPrefix
  var delays: DelayCalculator
  var generator: SeededGenerator
  var seen: SeenTable
  /// Packets that no copy can save, so that they are not judged again: a cache, not a record.
  var refused: SeenTable
  /// Adverts whose signature holds though they were not accepted, so that copies cost nothing.
  var verified: SeenTable
  var verifications: TokenBucket
  var advertGate: AdvertGate
  var discoveryLimit = SlidingLimit(discoveryAnswers, per: discoveryWindow)
  /// The tag of this node's last request, and when it was.
  var discoveryTag: (tag: UInt32, at: Instant)?
  /// The repeaters it hears without anyone in between.
  public internal(set) var neighbours: NeighbourTable
  let recipient: LocalRecipient?
  /// Who may administer the node over the radio; nil for nobody.
  public internal(set) var administration: AdministrationMachine?
  private var held: HeldPackets
  private var actions = Deque<RepeaterAction>()

  /// Verdicts on adverts that are kept, of either kind, to save verifying their copies.
  private static let judgedCapacity = 1024

  /// Makes a repeater that has heard nothing yet.
  ///
  /// - Parameters:
  ///   - configuration: What the operator has set.
  ///   - publicKey: This node's key, whose first bytes name it in paths.
  ///   - recipient: What of the traffic is for this node and no other; nil for nothing.
  ///   - administration: Who may administer the node over the radio; nil for nobody.
  ///   - settings: The modulation in force.
  ///   - seed: Where its chance comes from.
  public init(
    configuration: RepeaterConfiguration, publicKey: PublicKey, recipient: LocalRecipient? = nil,
    administration: AdministrationMachine? = nil, settings: LoRaSettings, seed: UInt64
  ) {
    self.configuration = configuration
    self.publicKey = publicKey
    self.recipient = recipient
    self.administration = administration
    ownPrefix = publicKey.prefix
    generator = SeededGenerator(seed: seed)
    delays = DelayCalculator(policy: configuration.delays, settings: settings)
    seen = SeenTable(
      capacity: configuration.seenCapacity, expiry: configuration.seenExpiry,
      seed: generator.next())
    refused = SeenTable(
      capacity: Self.judgedCapacity, expiry: configuration.seenExpiry, seed: generator.next())
    verified = SeenTable(
      capacity: Self.judgedCapacity, expiry: configuration.seenExpiry, seed: generator.next())
    verifications = Self.verificationBucket(configuration)
    advertGate = AdvertGate(configuration)
    neighbours = NeighbourTable(capacity: configuration.neighbourCapacity)
    held = HeldPackets(capacity: configuration.heldCapacity)
    recent = RecentPackets()
  }

  /// Puts another configuration in force.
  public mutating func setConfiguration(_ configuration: RepeaterConfiguration) {
    let old = self.configuration
    self.configuration = configuration
    delays.policy = configuration.delays
    seen.expiry = configuration.seenExpiry
    refused.expiry = configuration.seenExpiry
    verified.expiry = configuration.seenExpiry
    advertGate.configure(configuration)
    if configuration.seenCapacity != old.seenCapacity {
      seen = seen.resized(to: configuration.seenCapacity)
    }
    held.capacity = configuration.heldCapacity
    neighbours.capacity = configuration.neighbourCapacity
    if configuration.verificationBurst != old.verificationBurst
      || configuration.verificationsPerSecond != old.verificationsPerSecond
    {
      verifications = Self.verificationBucket(configuration)
    }
  }

  private static func verificationBucket(_ configuration: RepeaterConfiguration) -> TokenBucket {
    // It is full, so the instant it is made at does not matter.
    TokenBucket(
      capacity: max(1, configuration.verificationBurst),
      refilling: max(1, configuration.verificationsPerSecond), every: .seconds(1), at: .origin)
  }

  /// Takes note of another modulation: delays decided from now on follow it.
  public mutating func setSettings(_ settings: LoRaSettings) {
    delays.setSettings(settings)
  }

  /// Decides about a frame that was heard.
  ///
  /// - Returns: The verdict. `.held` ones are decided later, by `wake`.
  /// - Complexity: O(1) with one SHA-256; for adverts one signature, for regions one HMAC each.
  public mutating func receive(_ frame: ReceivedFrame, at now: Instant) -> Verdict {
    counters.received += 1
    lastSignal = (frame.snrQuarterDB, frame.rssiDBm)
    let packet: Packet
    do throws(PacketError) {
      packet = try Packet(parsing: frame.bytes)
    } catch {
      counters.count(.rejected(error), isFlood: false)
      return .rejected(error)
    }
    let reception = Reception(
      packet: packet, snrQuarterDB: frame.snrQuarterDB, rssiDBm: frame.rssiDBm,
      receivedAt: frame.receivedAt, score: delays.score(of: frame))
    guard packet.route.isFlood else {
      counters.receivedDirect += 1
      return settle(reception, as: decideDirect(reception, at: now))
    }
    counters.receivedFlood += 1
    if let score = reception.score {
      let hold = delays.holdMicroseconds(score: score, frameBytes: frame.bytes.count)
      if hold > 0 { return self.hold(reception, until: now.advanced(byNanoseconds: hold * 1000)) }
    }
    return settle(reception, as: decideArrived(reception, at: now))
  }

  /// When `wake` has something to do; nil when nothing is held back.
  public var nextDeadline: Instant? { held.nextDeadline }

  /// Decides about the next packet whose hold has ended.
  ///
  /// - Returns: The verdict and what it is about; nil when no hold has ended. Call until it is nil.
  public mutating func wake(at now: Instant) -> (verdict: Verdict, frame: ReceivedFrame)? {
    guard let reception = held.removeDue(at: now) else { return nil }
    return (settle(reception, as: decideArrived(reception, at: now)), reception.frame)
  }

  /// Takes out the next thing to do, in the order they were decided.
  public mutating func nextAction() -> RepeaterAction? { actions.popFirst() }

  /// Takes note that a frame it wanted sent was never on the air, and will not be.
  ///
  /// Its packet is forgotten, so that a copy that arrives later by another path is passed on; unless
  /// such a copy was accepted already, which is another matter.
  public mutating func neverSent(_ key: SeenKey) {
    if seen.remove(key.hash, note: key.note) { counters.forgotten += 1 }
  }

  /// Takes note of what became of a frame it wanted sent, and does what `neverSent` does if it was not.
  public mutating func note(_ transmission: RecentPackets.Transmission, of key: SeenKey) {
    recent.note(transmission, of: key.note)
    if transmission.wasNeverSent { neverSent(key) }
  }

  /// Forgets the neighbours whose key begins with `prefix`.
  public mutating func removeNeighbour(prefix: [UInt8]) {
    neighbours.remove(prefix: prefix)
  }

  /// The packets it remembers as accepted.
  public var seenCount: Int { seen.count }

  /// The packets it holds back.
  public var heldCount: Int { held.count }
}

extension RepeaterMachine {
  mutating func emit(_ action: RepeaterAction) {
    actions.append(action)
  }

  private mutating func hold(_ reception: Reception, until: Instant) -> Verdict {
    guard let evicted = held.insert(reception, until: until) else {
      counters.count(.held(until: until), isFlood: true)
      return .held(until: until)
    }
    let isNewcomer =
      evicted.packet == reception.packet && evicted.receivedAt == reception.receivedAt
    let verdict = settle(evicted, as: Decision(.dropped(.queueFull)))
    guard !isNewcomer else { return verdict }
    counters.count(.held(until: until), isFlood: true)
    return .held(until: until)
  }

  /// Counts and keeps a decision.
  private mutating func settle(_ reception: Reception, as decision: Decision) -> Verdict {
    counters.count(decision.verdict, isFlood: reception.packet.route.isFlood)
    recent.add(reception, decision)
    return decision.verdict
  }
}

/// A verdict with what belongs to it.
struct Decision {
  let verdict: Verdict
  /// The packet's hash, where it was computed.
  var hash: PacketHash?
  /// The record of the copy that was accepted before.
  var original: UInt64?
  /// The frame to pass on for it, and after which delay.
  var outgoing: (bytes: [UInt8], delayMicroseconds: Int64)?

  init(_ verdict: Verdict, hash: PacketHash? = nil, original: UInt64? = nil) {
    self.verdict = verdict
    self.hash = hash
    self.original = original
  }

  /// It is passed on.
  init(relaying outgoing: OutgoingFrame) {
    verdict = .relayed
    hash = outgoing.hash
    self.outgoing = (outgoing.bytes, outgoing.delayMicroseconds)
  }

  static func dropped(_ reason: RefusalReason) -> Decision { Decision(.dropped(reason)) }
}
