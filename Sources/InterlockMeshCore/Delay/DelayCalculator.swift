internal import Interlock
package import InterlockRadio

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Works out holds and windows for one modulation; time on air is looked up, not computed per packet.
package struct DelayCalculator: Sendable {
  /// Factors and profile.
  package var policy: DelayPolicy
  /// The modulation the times on air are of.
  package private(set) var settings: LoRaSettings
  /// Time on air in nanoseconds by frame length, 0…255.
  private var exactNanoseconds: [Int64]
  /// The same as the firmware computes it.
  private var firmwareMilliseconds: [Int]

  /// A hold shorter than this is not worth a timer.
  private static let shortestHoldMilliseconds = 50.0
  /// No packet is held longer than this.
  private static let longestHoldMilliseconds = 32_000.0
  /// The part of a score from which on nothing is held back.
  private static let scoreWithoutHold = 0.85
  /// No factor is taken for larger than this.
  private static let largestFactor = 100.0
  /// The window is this many times the time on air, times the factor.
  private static let windowSteps: Int64 = 5

  package init(policy: DelayPolicy, settings: LoRaSettings) {
    self.policy = policy
    self.settings = settings
    (exactNanoseconds, firmwareMilliseconds) = Self.airtimes(settings)
  }

  /// Takes new modulation settings; packets decided from now on use them.
  package mutating func setSettings(_ settings: LoRaSettings) {
    guard settings != self.settings else { return }
    self.settings = settings
    (exactNanoseconds, firmwareMilliseconds) = Self.airtimes(settings)
  }

  private static func airtimes(_ settings: LoRaSettings) -> ([Int64], [Int]) {
    let lengths = 0...Packet.maximumFrameBytes
    return (
      lengths.map { settings.exactAirtime(ofBytes: $0).nanoseconds },
      lengths.map { settings.firmwareAirtimeMilliseconds(ofBytes: $0) }
    )
  }

  /// The score of a reception, 0…1; nil when the modem could not tell how it was heard.
  package func score(of frame: ReceivedFrame) -> Double? {
    frame.snrQuarterDB.map {
      ReceptionQuality.score(
        snrQuarterDB: $0, spreadingFactor: settings.spreadingFactor,
        frameBytes: frame.bytes.count)
    }
  }

  /// How long a flood is held back before it is looked at, in microseconds.
  ///
  /// *Source:* `(base^(0.85 − score) − 1) × airtime`; below 50 ms nothing, at most 32 s. The firmware
  /// measures the time on air, and counts the hold, in whole milliseconds.
  package func holdMicroseconds(score: Double, frameBytes: Int) -> Int64 {
    let hold = unclampedHoldMilliseconds(score: score, frameBytes: frameBytes)
    guard hold >= Self.shortestHoldMilliseconds else { return 0 }
    return Int64(min(hold, Self.longestHoldMilliseconds) * 1000)
  }

  /// The same in milliseconds without a shortest and a longest hold; below zero for what was heard
  /// very well.
  package func unclampedHoldMilliseconds(score: Double, frameBytes: Int) -> Double {
    guard policy.receptionBase > 0 else { return 0 }
    let factor = pow(policy.receptionBase, Self.scoreWithoutHold - score) - 1
    let length = min(frameBytes, Packet.maximumFrameBytes)
    return switch policy.profile {
    case .firmware: (factor * Double(firmwareMilliseconds[length])).rounded(.towardZero)
    case .pymc: factor * Double(exactNanoseconds[length]) / 1_000_000
    }
  }

  /// When to send a packet that is relayed as a flood.
  ///
  /// - Parameter edited: The packet as it will be sent.
  /// - Returns: The window to draw from.
  package func floodWindow(for edited: Packet) -> DelayWindow {
    window(for: edited, factor: policy.floodFactor)
  }

  /// When to send a packet that is relayed along its path.
  ///
  /// - Parameter edited: The packet as it will be sent.
  /// - Returns: The window to draw from.
  package func directWindow(for edited: Packet) -> DelayWindow {
    window(for: edited, factor: policy.directFactor)
  }

  /// The window for a frame of `bytes` bytes, of which `codeBytes` are transport codes.
  package func window(bytes: Int, codeBytes: Int, factor: Double) -> DelayWindow {
    // Whatever is configured, a window is finite and does not lie in the past.
    let factor = factor > 0 ? min(factor, Self.largestFactor) : 0
    switch policy.profile {
    case .firmware:
      // Time on air times the factor in single precision, cut to whole milliseconds.
      let length = min(bytes - codeBytes, Packet.maximumFrameBytes)
      let step = Int64(Float(firmwareMilliseconds[length]) * Float(factor))
      return DelayWindow(maximumMicroseconds: Self.windowSteps * step * 1000)
    case .pymc:
      let airtime = Double(exactNanoseconds[min(bytes, Packet.maximumFrameBytes)]) / 1000
      let limit = policy.maximumTransmitDelay.nanoseconds / 1000
      return DelayWindow(
        maximumMicroseconds: min(Int64(Double(Self.windowSteps) * airtime * factor), limit))
    }
  }

  private func window(for packet: Packet, factor: Double) -> DelayWindow {
    let codeBytes = packet.route.hasTransportCodes ? 4 : 0
    return window(bytes: packet.frame.count, codeBytes: codeBytes, factor: factor)
  }

  /// Shortens a drawn delay for a packet that was heard well, where the policy says so.
  func scaled(_ drawnMicroseconds: Int64, score: Double?) -> Int64 {
    guard policy.usesScoreForTransmit, let score, drawnMicroseconds >= 50_000 else {
      return drawnMicroseconds
    }
    return Int64(Double(drawnMicroseconds) * max(0.2, 1 - score))
  }
}
