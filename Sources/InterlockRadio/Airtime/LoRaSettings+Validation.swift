/// A modulation setting outside what LoRa radios can do.
public struct LoRaSettingsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The setting, by the name it has in `LoRaSettings`.
  public let setting: String
  /// What is wrong with it and what would be right, with units.
  public let description: String
}

extension LoRaSettings {
  /// Spreading factors a radio can be set to.
  public static let spreadingFactors = 5...12
  /// Denominators of the coding rate 4/x.
  public static let codingRateDenominators = 5...8
  /// Preamble lengths in symbols; the length register has sixteen bits.
  public static let preambleLengths = 1...65_535
  /// The bandwidths a radio can be set to, in hertz, as its data sheet rounds them.
  ///
  /// *Source:* the ten bandwidth codes of the SX126x, which the SX127x has too.
  public static let bandwidthsHz: [UInt32] = [
    7_800, 10_400, 15_600, 20_800, 31_250, 41_700, 62_500, 125_000, 250_000, 500_000,
  ]
  /// Carrier frequencies in hertz: the span of the SX127x and SX126x, and the 2.4 GHz band.
  public static let frequenciesHz: ClosedRange<UInt32> = 137_000_000...2_500_000_000

  /// Checks that every setting is one that a LoRa radio can have.
  ///
  /// Time on air is only defined for settings that pass.
  ///
  /// - Throws: `LoRaSettingsError` naming the first setting that is out of range.
  public func validate() throws(LoRaSettingsError) {
    try Self.require(frequencyHz, in: Self.frequenciesHz, "frequencyHz", unit: " Hz")
    guard Self.isBandwidth(Double(bandwidthHz)) else {
      throw LoRaSettingsError(
        setting: "bandwidthHz",
        description: "bandwidthHz is \(bandwidthHz) Hz; use \(Self.bandwidthsText)")
    }
    try Self.require(spreadingFactor, in: Self.spreadingFactors, "spreadingFactor")
    try Self.require(
      codingRateDenominator, in: Self.codingRateDenominators, "codingRateDenominator")
    try Self.require(preambleSymbols, in: Self.preambleLengths, "preambleSymbols", unit: " symbols")
  }

  /// The preamble the MeshCore firmware sets, in symbols: 32 up to SF8, 16 above.
  public static func firmwarePreambleSymbols(spreadingFactor: Int) -> Int {
    spreadingFactor <= 8 ? 32 : 16
  }

  /// Checks that a modem which sets the firmware's preamble by itself, as the MeshCore KISS modem
  /// does, is not on the air for longer than these settings say.
  ///
  /// A longer preamble only makes the account careful.
  ///
  /// - Throws: `LoRaSettingsError` for a preamble shorter than the firmware's.
  public func validateFirmwarePreamble() throws(LoRaSettingsError) {
    let sent = Self.firmwarePreambleSymbols(spreadingFactor: spreadingFactor)
    guard preambleSymbols < sent else { return }
    throw LoRaSettingsError(
      setting: "preambleSymbols",
      description: "preambleSymbols is \(preambleSymbols) symbols, but a MeshCore modem cannot be "
        + "told and sends \(sent) at SF\(spreadingFactor), so that airtime would be counted short; "
        + "use \(sent) or more")
  }

  /// Whether a radio has a bandwidth of so many hertz, however it is rounded.
  ///
  /// The chips divide one clock, so 7.8125, 7.81 and 7.8 kHz all mean the same: what differs from an
  /// entry of `bandwidthsHz` by at most 0.2 % is that entry.
  ///
  /// - Returns: `false` also for what is no number.
  public static func isBandwidth(_ hertz: Double) -> Bool {
    bandwidthsHz.contains { abs(hertz - Double($0)) * 500 <= Double($0) }
  }

  /// The bandwidths in kilohertz, for people.
  public static let bandwidthsText =
    "7.8, 10.4, 15.6, 20.8, 31.25, 41.7, 62.5, 125, 250 or 500 kHz"

  /// The coding-rate denominator a configuration means: 5…8 as they are, the older index 1…4 plus 4.
  ///
  /// - Returns: 5…8; nil for any other number.
  public static func codingRateDenominator(configured value: Int) -> Int? {
    switch value {
    case codingRateDenominators: value
    case 1...4: value + 4
    default: nil
    }
  }

  private static func require<Value: Comparable>(
    _ value: Value, in range: ClosedRange<Value>, _ setting: String, unit: String = ""
  ) throws(LoRaSettingsError) {
    guard !range.contains(value) else { return }
    throw LoRaSettingsError(
      setting: setting,
      description: "\(setting) is \(value)\(unit); "
        + "use \(range.lowerBound)…\(range.upperBound)\(unit)")
  }
}
