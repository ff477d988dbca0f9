internal import Interlock

/// A rule of the United States for transmitters without a licence at 902–928 MHz.
///
/// None is a duty cycle: they limit how long a transmitter dwells on a channel. A node has one channel,
/// so its own airtime is what counts. A rule makes no system hop or spread: whether the transmitter
/// was approved under the one chosen, its operator must know.
///
/// *Source:* 47 CFR 15.247. A summary, not the law.
public enum FCCRule: Sendable, Hashable {
  /// One channel of a system that hops: 0.4 s in any 20 s, from 250 kHz up in any 10 s.
  /// Paragraph (a)(1)(i).
  case hopping
  /// One of so many channels of a hybrid system: 0.4 s in 0.4 s times their number. Paragraph (f).
  case hybrid(channels: Int)
  /// Digital modulation, at least 500 kHz wide: no limit on time. Paragraph (a)(2).
  case digital

  /// The longest stay on a channel, and so the longest single transmission.
  public static let dwell = Duration.milliseconds(400)

  private static let band: ClosedRange<Int64> = 902_000_000...928_000_000
  private static let widestSlowChannelHz = 250_000
  private static let narrowestDigitalHz = 500_000

  /// What a node on this channel keeps under the rule.
  ///
  /// - Throws: `DutyCyclePolicyError` where the rule does not apply: outside the band, or, for
  ///   digital modulation, on a channel that is too narrow.
  /// - Returns: strict windows, or no limit for digital modulation.
  public func policy(
    for settings: LoRaSettings
  ) throws(DutyCyclePolicyError) -> DutyCyclePolicy {
    let (centre, half) = (Int64(settings.frequencyHz), Int64(settings.bandwidthHz + 1) / 2)
    guard Self.band.contains(centre - half), Self.band.contains(centre + half) else {
      throw DutyCyclePolicyError(
        "the rules of 47 CFR 15.247 are for channels inside 902–928 MHz; use another for one of "
          + "\(settings.bandwidthHz) Hz around \(settings.frequencyHz) Hz")
    }
    switch self {
    case .hopping:
      let isSlow = settings.bandwidthHz < Self.widestSlowChannelHz
      return Self.dwelling(within: .seconds(isSlow ? 20 : 10), name: "FCC 15.247 hopping")
    case .hybrid(let channels):
      guard channels > 0 else {
        throw DutyCyclePolicyError("a hybrid system has one channel or more, not \(channels)")
      }
      return Self.dwelling(within: Self.dwell * channels, name: "FCC 15.247 hybrid")
    case .digital:
      guard settings.bandwidthHz >= Self.narrowestDigitalHz else {
        throw DutyCyclePolicyError(
          "digital modulation under 47 CFR 15.247 is at least \(Self.narrowestDigitalHz) Hz wide, "
            + "not \(settings.bandwidthHz) Hz")
      }
      var policy = DutyCyclePolicy.unlimited
      policy.name = "FCC 15.247 digital modulation"
      return policy
    }
  }

  private static func dwelling(within window: Duration, name: String) -> DutyCyclePolicy {
    var policy = DutyCyclePolicy.windows(
      [RollingBudget.Limit(window: window, allowance: dwell)], name: name)
    policy.maxSingleTransmission = dwell
    return policy
  }
}
