internal import InterlockCommandLine
internal import InterlockRadio

/// The options by which several commands are told a radio's settings.
enum LoRaOptions {
  static let preset = Option<String>(
    name: "--preset", placeholder: "NAME",
    meaning: "start from a region's settings, such as \"EU/UK narrow\""
  ) { text throws(OptionProblem) in
    guard let preset = RadioPreset.named(text) else {
      let names = RadioPreset.all.map(\.name).joined(separator: "; ")
      throw OptionProblem(expected: "must be one of: \(names)")
    }
    return preset.name
  }.defaulting(to: RadioPreset.all[0].name)
  static let frequency = Option.number(
    "--frequency", "MHZ", 137...2500, "centre frequency in MHz")
  static let spreadingFactor = Option.integer("--sf", "N", 5...12, "spreading factor")
  static let bandwidth = Option<UInt32>(
    name: "--bw", placeholder: "KHZ", meaning: "bandwidth in kHz, or in Hz from 7800 up"
  ) { text throws(OptionProblem) in
    // Below the narrowest bandwidth in hertz it can only be kilohertz.
    let hertz = Double(text).map { $0 < 7800 ? $0 * 1000 : $0 }
    guard let hertz, LoRaSettings.isBandwidth(hertz) else {
      throw OptionProblem(expected: "must be one of \(LoRaSettings.bandwidthsText), or that in Hz")
    }
    return UInt32(hertz.rounded())
  }
  static let codingRate = Option.integer(
    "--cr", "N", 1...8, "coding rate 4/5…4/8 by its denominator 5…8, or the older index 1…4")
  static let preamble = Option.integer(
    "--preamble", "SYMBOLS", 1...65_535,
    "preamble in symbols; without it the firmware's 32 up to SF8, 16 above")

  static let all = [
    preset.optional, frequency.optional, spreadingFactor.optional, bandwidth.optional,
    codingRate.optional, preamble.optional,
  ]

  /// The preset with what was given instead of its values.
  ///
  /// - Throws: `CommandFailure` with status 64 for values no radio can have together.
  /// - Returns: valid settings.
  static func settings(_ arguments: Arguments) throws -> LoRaSettings {
    let base = RadioPreset.named(try arguments[preset])?.settings ?? RadioPreset.all[0].settings
    let factor = try arguments[spreadingFactor] ?? base.spreadingFactor
    let settings = LoRaSettings(
      frequencyHz: try arguments[frequency].map { UInt32(($0 * 1e6).rounded()) }
        ?? base.frequencyHz,
      bandwidthHz: try arguments[bandwidth] ?? base.bandwidthHz,
      spreadingFactor: factor,
      codingRateDenominator: try arguments[codingRate]
        .flatMap(LoRaSettings.codingRateDenominator(configured:)) ?? base.codingRateDenominator,
      preambleSymbols: try arguments[preamble])
    do {
      try settings.validate()
    } catch {
      throw CommandFailure(.usage, "these radio settings are not possible", "\(error)")
    }
    return settings
  }
}
