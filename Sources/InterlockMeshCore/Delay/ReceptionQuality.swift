internal import InterlockRadio

/// How well a frame was heard, as the MeshCore firmware rates it.
///
/// *Source:* packet score of the MeshCore firmware: the margin over the decode threshold of the
/// spreading factor, in tens of decibels, less for long frames.
package enum ReceptionQuality {
  /// The score of a reception, 0 (barely) … 1 (perfectly); always 0 below SF7.
  package static func score(snrQuarterDB: Int, spreadingFactor: Int, frameBytes: Int) -> Double {
    guard spreadingFactor >= 7 else { return 0 }
    let threshold = LoRaSettings.thresholdSNR(spreadingFactor: spreadingFactor)
    let snr = Double(snrQuarterDB) / 4
    guard snr >= threshold else { return 0 }
    let score = (snr - threshold) / 10 * (1 - Double(frameBytes) / 256)
    return min(max(score, 0), 1)
  }
}
