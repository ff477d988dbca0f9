import InterlockRadio
import Testing

@testable import InterlockSimulation

@Suite struct ReceptionTests {
  @Test func `the noise floor is thermal noise, bandwidth and noise figure`() {
    // -174 + 10 log10(125 000) + 6 = -117.03 dBm.
    #expect(abs(Reception.noiseFloor(bandwidthHz: 125_000, noiseFigureDB: 6) + 117.031) < 0.01)
  }

  @Test(arguments: [(7, 125_000, -124.5), (10, 125_000, -132.0), (12, 125_000, -137.0)])
  func `sensitivities are those of the data sheet`(
    spreadingFactor: Int, bandwidth: Int, dBm: Double
  ) {
    // Semtech SX1276 data sheet, table 10: -123, -132, -136 dBm; the model is within 1.5 dB.
    let settings = LoRaSettings(
      frequencyHz: 868_100_000, bandwidthHz: UInt32(bandwidth), spreadingFactor: spreadingFactor,
      codingRateDenominator: 5)
    #expect(abs(Reception.sensitivity(settings, noiseFigureDB: 6) - dBm) < 0.1)
  }

  @Test func `the parts of a frame begin where its symbols say`() {
    // 4.096 ms a symbol, 32 of preamble and 4.25 after it.
    let timing = Reception.Timing(ModemSettings.narrow.lora)
    #expect(timing.sensed == 8_192_000)
    #expect(timing.critical == 27 * 4_096_000)
    #expect(timing.followed == 148_480_000)
    var short = ModemSettings.narrow.lora
    short.preambleSymbols = 3
    #expect(Reception.Timing(short).critical == 0)
  }

  @Test func `two normal draws of one seed are the same`() {
    let model = PathLoss(exponent: 2, shadowingDB: 1)
    #expect(
      model.shadowing(between: 3, and: 9, seed: 5) == model.shadowing(between: 3, and: 9, seed: 5))
  }
}
