import Interlock
public import InterlockRadio

/// Everything an operator may set about what a repeater passes on, and when.
public struct RepeaterConfiguration: Sendable {
  /// What it does with its transmitter.
  public var mode: TransmitMode = .forward
  /// Floods that have passed this many repeaters are not passed on; 0 passes on nothing.
  public var maximumFloodHops = 64
  /// The same for floods bound to no region.
  public var maximumUnscopedFloodHops = 64
  /// The same for adverts.
  public var maximumAdvertHops = 8
  /// How often this node may already be in a path.
  public var loopDetection: LoopDetection = .minimal
  /// The regions it knows, and whether their floods, and those bound to none, are passed on.
  public var regions = RegionTable()
  /// The region this node's own floods are bound to; nil for none.
  public var defaultRegion: Region?
  /// Whether a relayed acknowledgement is sent twice.
  public var sendsAcknowledgementsTwice = false
  /// Bytes by which hops are named in this node's own floods, 1…3.
  public var ownHashSize = 1
  /// When packets are sent.
  public var delays = DelayPolicy()
  /// The operator's rules, the first that applies decides.
  public var rules: [ForwardingRule] = []
  /// The channels rules may look into.
  public var channels: [NamedChannel] = []
  /// Accepted packets that are remembered, at least 4096.
  public var seenCapacity = 4096
  /// How long they are remembered.
  public var seenExpiry: Duration = .seconds(3600)
  /// Packets that are held back at once.
  public var heldCapacity = 64
  /// Neighbours that are remembered.
  public var neighbourCapacity = 64
  /// Signatures that are verified in a burst, and per second after it.
  public var verificationBurst = 64
  /// Signatures that are verified per second once the burst is spent.
  public var verificationsPerSecond = 20
  /// How often one advertiser's adverts are passed on; nil for as often as they come.
  public var advertRateLimit: AdvertRateLimit?
  /// How advertisers that keep exceeding that limit are barred; nil for not at all.
  public var advertPenalty: AdvertPenalty?
  /// How that limit follows the adverts heard; nil for not at all.
  public var advertTiers: AdvertTiers?
  /// Whether discovery requests of neighbours are answered.
  public var allowsDiscovery = true
  /// Unix time of the last change to what discovery tells about this node.
  public var discoveryChangedAt: UInt32 = 0

  /// Makes the configuration of a repeater that has not been told anything.
  public init() {}

  /// A flood of this node's own: its hops are named as configured, and it is bound to the default
  /// region if there is one; nil for more payload than a packet has room for.
  package func ownFlood(_ type: PayloadType, payload: [UInt8]) -> Packet? {
    let codes = defaultRegion.map {
      TransportCodes(region: $0.code(type: type.rawValue, payload: payload.span))
    }
    return PathField(hopCount: 0, hashSize: ownHashSize).flatMap { field in
      Packet(
        route: codes == nil ? .flood : .transportFlood, type: type, transportCodes: codes,
        pathField: field, payload: payload)
    }
  }
}

/// How often the adverts of one advertiser are passed on.
public struct AdvertRateLimit: Sendable, Hashable {
  /// Adverts passed on in a row.
  public var burst: Int
  /// The time after which one more is.
  public var interval: Duration

  /// Makes a limit; the defaults are those of pyMC.
  public init(burst: Int = 2, interval: Duration = .seconds(36_000)) {
    self.burst = burst
    self.interval = interval
  }
}
