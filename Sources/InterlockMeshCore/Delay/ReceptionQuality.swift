/// How well a frame was heard, as the MeshCore firmware rates it.
///
/// *Source:* packet score of the MeshCore firmware: the margin over the decode threshold of the
/// spreading factor, in tens of decibels, less for long frames.
package enum ReceptionQuality {
  /// The weakest signal-to-noise ratio a spreading factor decodes, in decibels; nil below SF7.
  static func thresholdDB(spreadingFactor: Int) -> Double? {
    guard spreadingFactor >= 7 else { return nil }
    return -7.5 - 2.5 * Double(min(spreadingFactor, 12) - 7)
  }

  /// The score of a reception, 0 (barely) … 1 (perfectly).
  package static func score(snrQuarterDB: Int, spreadingFactor: Int, frameBytes: Int) -> Double {
    guard let threshold = thresholdDB(spreadingFactor: spreadingFactor) else { return 0 }
    let snr = Double(snrQuarterDB) / 4
    guard snr >= threshold else { return 0 }
    let score = (snr - threshold) / 10 * (1 - Double(frameBytes) / 256)
    return min(max(score, 0), 1)
  }
}
