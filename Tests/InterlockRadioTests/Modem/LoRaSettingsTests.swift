import InterlockRadio
import Testing

@Suite struct LoRaSettingsTests {
  @Test(arguments: [
    (5, -2.5), (6, -5), (7, -7.5), (8, -10), (9, -12.5), (10, -15), (11, -17.5), (12, -20),
  ])
  func `each spreading factor decodes 2.5 dB deeper`(spreadingFactor: Int, snr: Double) {
    #expect(LoRaSettings.thresholdSNR(spreadingFactor: spreadingFactor) == snr)
  }
}
