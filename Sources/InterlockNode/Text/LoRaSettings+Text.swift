package import InterlockRadio

extension LoRaSettings {
  /// `869.618 MHz`.
  package var frequencyText: String { "\(Self.short(Double(frequencyHz) / 1e6)) MHz" }

  /// `62.5 kHz`.
  package var bandwidthText: String { "\(Self.short(Double(bandwidthHz) / 1e3)) kHz" }

  /// `869.618 MHz, SF8, 62.5 kHz, 4/8, preamble 32`.
  package var text: String {
    "\(frequencyText), SF\(spreadingFactor), \(bandwidthText), 4/\(codingRateDenominator), "
      + "preamble \(preambleSymbols)"
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}
