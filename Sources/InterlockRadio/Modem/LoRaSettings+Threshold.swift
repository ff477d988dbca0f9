extension LoRaSettings {
  /// The least signal-to-noise ratio in dB at which a spreading factor is decoded.
  ///
  /// *Source:* Semtech SX1261/2 data sheet, table 6-1: 2.5 dB for each step from SF5, -2.5 dB.
  public static func thresholdSNR(spreadingFactor: Int) -> Double {
    -2.5 * Double(spreadingFactor - 4)
  }
}
