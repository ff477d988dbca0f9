public import Interlock

/// Whether a packet is arriving, for drivers that see its preamble and header but may miss its end.
///
/// A preamble that no header follows, or a header no packet follows, must not block transmission
/// for ever: the latch lets go after one and a half times what could rightly have come.
///
/// *Source:* radio specification, section 5.7 (b).
public struct ReceptionLatch: Sendable {
  private let preambleLimit: Duration
  private let headerLimit: Duration
  private var end = Instant(nanoseconds: .min)

  /// Makes an open latch for a radio with these settings.
  public init(_ settings: LoRaSettings) {
    // A preamble lasts its symbols and the 4.25 (6.25 below SF7) that follow.
    let quarterSymbols = 4 * settings.preambleSymbols + (settings.spreadingFactor < 7 ? 25 : 17)
    preambleLimit = settings.symbolDuration * quarterSymbols * 3 / 8
    headerLimit = settings.airtime(ofBytes: 255) * 3 / 2
  }

  /// A preamble was detected.
  public mutating func sawPreamble(at now: Instant) {
    end = max(end, now.advanced(by: preambleLimit))
  }

  /// A header was decoded: a packet is certain, up to the longest there is.
  public mutating func sawHeader(at now: Instant) {
    end = max(end, now.advanced(by: headerLimit))
  }

  /// The packet is complete, or known to be damaged.
  public mutating func ended() {
    end = Instant(nanoseconds: .min)
  }

  /// Whether a packet is taken to be arriving.
  public func isReceiving(at now: Instant) -> Bool { now < end }
}
