internal import InterlockRadio
internal import InterlockWire

// What several kinds of vectors say about a radio, with the limits that computing with it needs.
extension ConformanceCase {
  /// A ratio of this many decibels is beyond every radio; a recording has the same limit.
  private static let loudestDecibels = 1000.0

  /// The signal-to-noise ratio at `path` in quarters of a decibel; the file gives decibels.
  mutating func quarterDecibels(_ path: String) throws(JSONError) -> Int {
    let decibels: Double = try input(path)
    guard abs(decibels) < Self.loudestDecibels else {
      throw JSONError("\(path): no radio hears \(decibels) dB", at: value.position)
    }
    return Int((decibels * 4).rounded())
  }

  /// The frame length at `path`.
  mutating func frameLength(_ path: String) throws(JSONError) -> Int {
    let bytes: Int = try input(path)
    guard (0...LoRaSettings.longestFrameBytes).contains(bytes) else {
      throw JSONError(
        "\(path): a frame has 0…\(LoRaSettings.longestFrameBytes) bytes", at: value.position)
    }
    return bytes
  }

  /// The modulation that the case itself gives, its bandwidth in hertz.
  mutating func modulation() throws(JSONError) -> LoRaSettings {
    try possible(
      LoRaSettings(
        frequencyHz: ForwardingNode.defaultSettings.frequencyHz,
        bandwidthHz: try input("bandwidthHz"), spreadingFactor: try input("sf"),
        codingRateDenominator: try input("codingRateDenominator"),
        preambleSymbols: try input("preambleSymbols")))
  }

  /// The modulation in the object at `path`, its bandwidth in kilohertz.
  mutating func modulation(_ path: String) throws(JSONError) -> LoRaSettings {
    let hertz = try input("\(path).bw", as: Double.self) * 1000
    guard LoRaSettings.isBandwidth(hertz) else {
      throw JSONError("\(path).bw: use \(LoRaSettings.bandwidthsText)", at: value.position)
    }
    return try possible(
      LoRaSettings(
        frequencyHz: ForwardingNode.defaultSettings.frequencyHz,
        bandwidthHz: UInt32(hertz.rounded()), spreadingFactor: try input("\(path).sf"),
        codingRateDenominator: try input("\(path).cr"),
        preambleSymbols: try input("\(path).pre")))
  }

  /// The settings, if a radio can have them: time on air is defined for no others.
  private func possible(_ settings: LoRaSettings) throws(JSONError) -> LoRaSettings {
    do throws(LoRaSettingsError) { try settings.validate() } catch {
      throw JSONError(error.description, at: value.position)
    }
    return settings
  }
}
