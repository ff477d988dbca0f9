public import Interlock

/// Whether a packet is arriving, for modems that see its preamble and header but may miss its end.
///
/// A preamble that no header follows, or a header no packet follows, must not block transmission
/// for ever: the latch lets go after one and a half times what could rightly have come. Begin with
/// a new one when a packet has arrived or is known to be damaged.
///
/// *Source:* radio specification, section 5.7 (b).
public struct ReceptionLatch: Sendable {
  private let preambleLimit: Duration
  private let headerLimit: Duration
  private var end: Instant?

  /// Makes an open latch for a radio with these settings.
  public init(_ settings: LoRaSettings) {
    // A preamble lasts its symbols and the 4.25 (6.25 below SF7) that follow.
    let quarterSymbols = 4 * settings.preambleSymbols + (settings.spreadingFactor < 7 ? 25 : 17)
    preambleLimit = settings.symbolDuration * quarterSymbols * 3 / 8
    headerLimit = settings.airtime(ofBytes: 255) * 3 / 2
  }

  /// A preamble was detected.
  public mutating func sawPreamble(at now: Instant) {
    hold(until: now.advanced(by: preambleLimit))
  }

  /// A header was decoded: a packet is certain, up to the longest there is.
  public mutating func sawHeader(at now: Instant) {
    hold(until: now.advanced(by: headerLimit))
  }

  /// Whether a packet is taken to be arriving.
  public func isReceiving(at now: Instant) -> Bool { end.map { now < $0 } ?? false }

  private mutating func hold(until instant: Instant) {
    end = max(end ?? instant, instant)
  }
}
