internal import InterlockRadio

/// Reads and writes modulations the way commands tell them: MHz, kHz, SF and CR.
enum RadioParameters {
  private static let megahertz = 150.0...2500.0

  static func frequency(_ text: some StringProtocol) throws(AdminCommandError) -> UInt32 {
    guard let value = Double(text), megahertz.contains(value) else {
      throw .range("freq", "\(PlainNumber(150))…\(PlainNumber(2500)) MHz")
    }
    return UInt32((value * 1_000_000).rounded())
  }

  static func parse(_ fields: [Substring]) throws(AdminCommandError) -> LoRaSettings {
    guard fields.count == 4 else {
      throw AdminCommandError("Error: a radio is FREQ,BW,SF,CR in MHz, kHz, 5…12 and 5…8")
    }
    let frequencyHz = try frequency(fields[0])
    guard let bandwidth = Double(fields[1]), LoRaSettings.isBandwidth(bandwidth * 1000) else {
      throw .range("bw", LoRaSettings.bandwidthsText)
    }
    guard let factor = Int(fields[2]), (5...12).contains(factor) else {
      throw .range("sf", "5…12")
    }
    guard let rate = Int(fields[3]), (5...8).contains(rate) else { throw .range("cr", "5…8") }
    return LoRaSettings(
      frequencyHz: frequencyHz, bandwidthHz: UInt32((bandwidth * 1000).rounded()),
      spreadingFactor: factor, codingRateDenominator: rate)
  }

  static func frequency(of radio: LoRaSettings) -> String {
    "\(PlainNumber(Double(radio.frequencyHz) / 1_000_000))"
  }

  static func text(of radio: LoRaSettings) -> String {
    let bandwidth = PlainNumber(Double(radio.bandwidthHz) / 1000)
    return "\(frequency(of: radio)),\(bandwidth),\(radio.spreadingFactor),"
      + "\(radio.codingRateDenominator)"
  }
}
