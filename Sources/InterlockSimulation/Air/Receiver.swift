internal import Interlock

/// How one transmission ended at one radio that it reached.
///
/// Every transmission ends at every radio in reach in exactly one of these.
public enum ReceptionOutcome: Sendable, Hashable, CaseIterable {
  /// Decoded without error.
  case delivered
  /// Strong enough, but another transmission was too, or the receiver already followed another.
  case collided
  /// Below what this radio decodes.
  case tooWeak
  /// The radio did not listen all the time: it was sending, or was retuned.
  case deaf
}

/// The receiving half of one radio: what arrives now, and what will become of it.
///
/// A frame is decoded if, from the critical part of its preamble to its end, the radio listens and
/// the frame is stronger by `Reception.captureDB` than all else that arrives on the channel. At the
/// end of the preamble the receiver commits itself: a stronger frame that begins before is captured
/// instead; one that begins after destroys the first and is itself not heard, for the chip is
/// busy with the first. (Bor's simulator lets the stronger one through at any time.)
struct Receiver: Sendable {
  /// One transmission as this radio hears it.
  struct Arrival: Sendable {
    /// Its slot in the air.
    let transmission: Int
    let milliwatts: Double
    let snrQuarterDB: Int16
    let rssiDBm: Int16
    /// Whether it could be decoded if it were alone.
    let isDecodable: Bool
    /// From when on carrier sense notices it.
    let sensedFrom: Instant
    var isCritical = false
    /// What it has already been spoiled by.
    var spoiledBy: ReceptionOutcome?
  }

  private(set) var arrivals: [Arrival] = []
  /// The transmission whose preamble was heard to its end and which is being decoded.
  private(set) var followed: Int?
  /// Until when this radio sends.
  private(set) var isSending = false

  static let captureRatio = Decibels.linear(Reception.captureDB)

  // MARK: Its own transmissions

  /// The radio starts to send: whatever it was receiving is lost.
  mutating func startSending() {
    isSending = true
    followed = nil
    for index in arrivals.indices where arrivals[index].isCritical {
      spoil(index, .deaf)
    }
  }

  /// The radio listens again.
  mutating func stopSending() {
    isSending = false
  }

  /// The radio leaves the channel: nothing that is in the air now will be decoded.
  mutating func retune() {
    followed = nil
    for index in arrivals.indices { spoil(index, .deaf) }
  }

  // MARK: Arrivals

  /// A transmission begins here.
  mutating func begin(_ arrival: Arrival) {
    arrivals.append(arrival)
    spoilOverpowered()
  }

  /// From now on damage to this transmission is fatal.
  mutating func becomeCritical(_ transmission: Int) {
    guard let index = index(of: transmission) else { return }
    arrivals[index].isCritical = true
    if isSending { spoil(index, .deaf) }
    if arrivals.count > 1 { spoilOverpowered() }
  }

  /// The preamble of this transmission is over.
  mutating func follow(_ transmission: Int) {
    guard let index = index(of: transmission), arrivals[index].isDecodable,
      arrivals[index].spoiledBy == nil
    else { return }
    if followed == nil {
      followed = transmission
    } else {
      spoil(index, .collided)
    }
  }

  /// A transmission is over: tells how it ended here.
  mutating func end(_ transmission: Int) -> (arrival: Arrival, wasFollowed: Bool)? {
    guard let index = index(of: transmission) else { return nil }
    let wasFollowed = followed == transmission
    if wasFollowed { followed = nil }
    return (arrivals.remove(at: index), wasFollowed)
  }

  // MARK: Carrier sense

  /// Whether a frame is arriving that this radio can still decode, or decodes in vain.
  func isReceiving(at now: Instant) -> Bool {
    followed != nil
      || arrivals.contains {
        $0.isDecodable && $0.spoiledBy == nil && $0.sensedFrom <= now
      }
  }

  /// Whether anyone can be heard sending.
  func isOccupied(at now: Instant) -> Bool {
    arrivals.contains { $0.isDecodable && $0.sensedFrom <= now }
  }

  // MARK: Private detail

  private func index(of transmission: Int) -> Int? {
    arrivals.firstIndex { $0.transmission == transmission }
  }

  private mutating func spoil(_ index: Int, _ cause: ReceptionOutcome) {
    // The first cause stands: it alone would have been enough.
    if arrivals[index].spoiledBy == nil { arrivals[index].spoiledBy = cause }
  }

  private mutating func spoilOverpowered() {
    guard arrivals.count > 1 else { return }
    // Summed anew each time: differences of sums would let rounding errors grow over a day.
    let total = arrivals.reduce(0) { $0 + $1.milliwatts }
    for index in arrivals.indices where arrivals[index].isCritical {
      let power = arrivals[index].milliwatts
      if power < (total - power) * Self.captureRatio { spoil(index, .collided) }
    }
  }
}

extension Receiver.Arrival {
  /// How it ended, asked at its end.
  var outcome: ReceptionOutcome {
    isDecodable ? spoiledBy ?? .delivered : .tooWeak
  }
}
