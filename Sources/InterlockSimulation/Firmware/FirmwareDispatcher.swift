public import InterlockRadio

/// The transmit side of the MeshCore firmware, stepped a millisecond at a time.
///
/// It is what the reference figures for the firmware's budget were taken from: a pool of packets, a
/// queue by priority, listening before talking, and the token bucket. Neighbours in a simulation may
/// run it beside the repeater of this package, to see how the two share the air.
///
/// *Source:* MeshCore firmware 1.17.1, its dispatcher and packet pool, on a clock in milliseconds.
public struct FirmwareDispatcher: Sendable {
  /// Packets that exist at once, the one on the air included.
  public static let poolSize = 32
  /// How long a busy channel is left before it is looked at again, in milliseconds.
  public static let channelRetryMilliseconds: Int64 = 200
  /// How long a busy channel is respected before sending anyway, in milliseconds.
  public static let channelPatienceMilliseconds: Int64 = 4000

  /// A packet offered for sending.
  public struct Offer: Sendable, Hashable {
    /// When, in milliseconds; offers are made in this order.
    public var at: Int64
    /// The frame's length.
    public var bytes: Int
    /// Its priority, 0 being the most urgent.
    public var priority: Int

    /// Makes an offer.
    public init(at: Int64, bytes: Int, priority: Int) {
      self.at = at
      self.bytes = bytes
      self.priority = priority
    }
  }

  /// A transmission that was made.
  public struct Transmission: Sendable, Hashable {
    /// When it began, in milliseconds.
    public var start: Int64
    /// The frame's length.
    public var bytes: Int
  }

  /// Conditions the firmware reports as bits.
  public struct Flags: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: Int

    /// Makes flags from their bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The pool was empty when a packet was offered.
    public static let poolFull = Flags(rawValue: 1)
    /// The channel stayed busy until patience ran out.
    public static let channelBusy = Flags(rawValue: 2)
  }

  /// What was sent, in order.
  public private(set) var transmissions: [Transmission] = []
  /// What may be spent, in milliseconds.
  public var budgetMilliseconds: Int { budget.milliseconds }
  /// Time on air of what was sent to its end, in milliseconds.
  public private(set) var airtimeMilliseconds: Int64 = 0
  /// Packets turned away because the pool was empty.
  public private(set) var rejected = 0
  /// What went wrong so far.
  public private(set) var flags: Flags = []

  private let lora: LoRaSettings
  private var budget: FirmwareBudget
  private var queue: [Offer] = []
  private var onAir: (start: Int64, end: Int64)?
  /// Nothing is sent up to and including this time.
  private var silentThrough: Int64 = 0
  private var busySince: Int64?

  /// Makes a dispatcher at time zero, its budget full.
  public init(lora: LoRaSettings, budget settings: FirmwareBudget.Settings) {
    self.lora = lora
    budget = FirmwareBudget(settings, at: 0)
  }

  /// Offers a packet.
  public mutating func offer(_ offer: Offer) {
    guard queue.count + (onAir == nil ? 0 : 1) < Self.poolSize else {
      rejected += 1
      flags.insert(.poolFull)
      return
    }
    queue.append(offer)
  }

  /// Does what one pass of the firmware's loop does at `now`.
  public mutating func step(at now: Int64, channelIsBusy: Bool) {
    if let current = onAir {
      guard now >= current.end else { return }
      onAir = nil
      let used = now - current.start
      airtimeMilliseconds += used
      silentThrough = now + budget.debit(milliseconds: Int(used), at: now)
    }
    guard !queue.isEmpty else { return }
    // The budget is looked at on every pass, and each look sets the silence anew.
    if let wait = budget.wait(at: now) {
      silentThrough = now + wait
      return
    }
    guard now > silentThrough else { return }
    if channelIsBusy {
      let since = busySince ?? now
      busySince = since
      guard now - since > Self.channelPatienceMilliseconds else {
        silentThrough = now + Self.channelRetryMilliseconds
        return
      }
      flags.insert(.channelBusy)
    }
    busySince = nil
    send(at: now)
  }

  /// The most urgent packet; of equals, the one offered first.
  private mutating func send(at now: Int64) {
    guard
      let index = queue.indices.min(by: { queue[$0].priority < queue[$1].priority })
    else { return }
    let packet = queue.remove(at: index)
    let airtime = Int64(lora.firmwareAirtimeMilliseconds(ofBytes: packet.bytes))
    transmissions.append(Transmission(start: now, bytes: packet.bytes))
    onAir = (now, now + airtime)
  }

  /// Runs a list of offers through, as if stepped every millisecond.
  ///
  /// Passes of the loop that would change nothing are left out.
  ///
  /// - Parameters:
  ///   - offers: In the order of their times.
  ///   - duration: How long to run, in milliseconds.
  ///   - busyUntil: The channel is busy before this time.
  public mutating func run(
    _ offers: [Offer], forMilliseconds duration: Int64, channelBusyUntil busyUntil: Int64
  ) {
    var next = offers.startIndex
    var now: Int64 = 0
    while now <= duration {
      while next < offers.endIndex, offers[next].at <= now {
        offer(offers[next])
        next += 1
      }
      step(at: now, channelIsBusy: now < busyUntil)
      let offer = next < offers.endIndex ? offers[next].at : .max
      now = max(now + 1, min(offer, nextPass(after: now)))
    }
  }

  /// The first pass after `now` that could change something, if nothing is offered before.
  private func nextPass(after now: Int64) -> Int64 {
    if let onAir { return onAir.end }
    guard !queue.isEmpty else { return .max }
    // Each look at an empty budget sets the silence anew, so the last one before a refill counts.
    return min(silentThrough + 1, budget.nextRefill - 1)
  }
}
