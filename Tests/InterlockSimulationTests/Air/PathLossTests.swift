import InterlockRadio
import Testing

@testable import InterlockSimulation

@Suite struct PathLossTests {
  @Test func `a metre of free space costs what Friis says`() {
    // 20 log10(4 pi f / c): 31.23 dB at 869.618 MHz, 25.18 dB at 433.65 MHz.
    #expect(abs(PathLoss.freeSpace.loss(overMetres: 1, frequencyHz: 869_618_000) - 31.234) < 0.01)
    #expect(abs(PathLoss.freeSpace.loss(overMetres: 1, frequencyHz: 433_650_000) - 25.191) < 0.01)
  }

  @Test(arguments: [2.0, 2.7, 3.0, 4.0])
  func `ten times the distance costs ten times the exponent`(exponent: Double) {
    let model = PathLoss(exponent: exponent, shadowingDB: 0)
    let near = model.loss(overMetres: 150, frequencyHz: 869_618_000)
    let far = model.loss(overMetres: 1_500, frequencyHz: 869_618_000)
    #expect(abs(far - near - 10 * exponent) < 1e-9)
  }

  @Test func `nobody is nearer than a metre`() {
    let model = PathLoss()
    let touching = model.loss(overMetres: 0, frequencyHz: 869_618_000)
    #expect(touching == model.loss(overMetres: 1, frequencyHz: 869_618_000))
  }

  @Test func `shadowing is symmetric, stable and of the deviation asked for`() {
    let model = PathLoss(exponent: 3, shadowingDB: 6)
    var draws: [Double] = []
    for first in 0..<100 {
      for second in first + 1..<101 {
        let there = model.shadowing(between: first, and: second, seed: 42)
        #expect(there == model.shadowing(between: second, and: first, seed: 42))
        draws.append(there)
      }
    }
    let mean = draws.reduce(0, +) / Double(draws.count)
    let deviation =
      (draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws.count)).squareRoot()
    #expect(abs(mean) < 0.3)
    #expect(abs(deviation - 6) < 0.3)
    #expect(draws.allSatisfy { abs($0) <= 18 })
    #expect(
      model.shadowing(between: 0, and: 1, seed: 42) != model.shadowing(between: 0, and: 1, seed: 43)
    )
  }

  @Test func `a radio at the end of the reach has exactly the margin asked for`() {
    let radio = Radio(position: .origin, settings: .narrow)
    let model = PathLoss(exponent: 3.2, shadowingDB: 0)
    let metres = model.reach(of: radio, marginDB: 7)
    var air = AirMachine(seed: 1, pathLoss: model)
    let near = air.add(radio)
    let far = air.add(Radio(position: Position(east: metres, north: 0), settings: .narrow))
    #expect(abs(air.snr(of: near, at: far) - (-10 + 7)) < 1e-9)
  }
}

extension ModemSettings {
  /// The European narrow preset: 869.618 MHz, SF8, 62.5 kHz, 4/8.
  static let narrow = ModemSettings(
    lora: LoRaSettings(
      frequencyHz: 869_618_000, bandwidthHz: 62_500, spreadingFactor: 8, codingRateDenominator: 8),
    transmitPowerDBm: 14)
}
