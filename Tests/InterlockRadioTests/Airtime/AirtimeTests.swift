import Foundation
import Interlock
import InterlockRadio
import Testing

@Suite("Time on air")
struct AirtimeTests {
  /// One row of the worked values: what goes in, and what must come out.
  struct Worked: Sendable, CustomTestStringConvertible {
    var bytes: Int
    var sf: Int
    var bandwidthHz: UInt32
    var codingRate: Int
    var preamble: Int
    var symbolMicroseconds: Int
    var optimized: Bool
    var payloadSymbols: Int
    var airtimeMicroseconds: Int

    var testDescription: String { "\(bytes) bytes, SF\(sf), \(bandwidthHz) Hz, 4/\(codingRate)" }

    init(
      _ bytes: Int, _ sf: Int, _ bandwidthHz: UInt32, _ codingRate: Int, _ preamble: Int,
      _ symbolMicroseconds: Int, _ optimized: Bool, _ payloadSymbols: Int,
      _ airtimeMicroseconds: Int
    ) {
      self.bytes = bytes
      self.sf = sf
      self.bandwidthHz = bandwidthHz
      self.codingRate = codingRate
      self.preamble = preamble
      self.symbolMicroseconds = symbolMicroseconds
      self.optimized = optimized
      self.payloadSymbols = payloadSymbols
      self.airtimeMicroseconds = airtimeMicroseconds
    }
  }

  static let worked = [
    Worked(2, 8, 62_500, 8, 32, 4096, false, 16, 214_016),
    Worked(30, 8, 62_500, 8, 32, 4096, false, 72, 443_392),
    Worked(102, 8, 62_500, 8, 32, 4096, false, 216, 1_033_216),
    Worked(134, 8, 62_500, 8, 32, 4096, false, 280, 1_295_360),
    Worked(186, 8, 62_500, 8, 32, 4096, false, 384, 1_721_344),
    Worked(255, 8, 62_500, 8, 32, 4096, false, 528, 2_311_168),
    Worked(50, 7, 62_500, 5, 32, 2048, false, 83, 244_224),
    Worked(186, 7, 62_500, 5, 32, 2048, false, 278, 643_584),
    Worked(50, 10, 250_000, 5, 16, 4096, false, 63, 340_992),
    Worked(255, 10, 250_000, 5, 16, 4096, false, 268, 1_180_672),
    Worked(50, 11, 250_000, 5, 16, 8192, false, 58, 641_024),
    Worked(255, 11, 250_000, 5, 16, 8192, false, 243, 2_156_544),
    Worked(30, 8, 125_000, 5, 8, 2048, false, 48, 123_392),
    Worked(13, 7, 125_000, 5, 8, 1024, false, 33, 46_336),
    Worked(51, 9, 125_000, 5, 8, 4096, false, 68, 328_704),
    Worked(51, 12, 125_000, 5, 8, 32_768, true, 63, 2_465_792),
    Worked(20, 12, 250_000, 5, 16, 16_384, true, 28, 790_528),
    Worked(20, 10, 62_500, 5, 16, 16_384, true, 38, 954_368),
    Worked(10, 5, 125_000, 5, 12, 256, false, 33, 13_120),
    Worked(64, 6, 500_000, 5, 12, 128, false, 118, 17_440),
  ]

  @Test(arguments: worked)
  func `the worked values come out to the microsecond`(_ row: Worked) {
    let settings = LoRaSettings(
      frequencyHz: 869_525_000, bandwidthHz: row.bandwidthHz, spreadingFactor: row.sf,
      codingRateDenominator: row.codingRate, preambleSymbols: row.preamble)
    #expect(settings.symbolDuration == .microseconds(row.symbolMicroseconds))
    #expect(settings.usesLowDataRateOptimization == row.optimized)
    #expect(settings.payloadSymbols(ofBytes: row.bytes) == row.payloadSymbols)
    #expect(settings.airtime(ofBytes: row.bytes) == .microseconds(row.airtimeMicroseconds))
    #expect(settings.exactAirtime(ofBytes: row.bytes) == .microseconds(row.airtimeMicroseconds))
    #expect(
      settings.firmwareAirtimeMilliseconds(ofBytes: row.bytes) == row.airtimeMicroseconds / 1000)
  }

  @Test func `without header or without checksum twenty bytes take the same 51.456 ms`() {
    for (crc, header) in [(false, true), (true, false)] {
      let settings = LoRaSettings(
        frequencyHz: 868_000_000, bandwidthHz: 125_000, spreadingFactor: 7,
        codingRateDenominator: 5, preambleSymbols: 8, hasPayloadCRC: crc,
        hasExplicitHeader: header)
      #expect(settings.airtime(ofBytes: 20) == .microseconds(51_456))
    }
  }

  @Test func `a time that is no whole microsecond is rounded up for the accounts`() {
    let settings = LoRaSettings(
      frequencyHz: 868_000_000, bandwidthHz: 41_670, spreadingFactor: 7, codingRateDenominator: 5)
    // 234.25 symbols of 128 / 41 670 s = 719 558.4353… µs
    #expect(settings.airtime(ofBytes: 128) == .microseconds(719_559))
    #expect(settings.exactAirtime(ofBytes: 128) == .nanoseconds(719_558_436))
    #expect(settings.firmwareAirtimeMicroseconds(ofBytes: 128) == 719_381)
  }

  @Test func `more bytes never take less time, and the optimisation follows the symbol time`() {
    for sf in LoRaSettings.spreadingFactors {
      for bandwidth in [7_810, 10_420, 31_250, 41_670, 62_500, 125_000, 250_000, 500_000] {
        let settings = LoRaSettings(
          frequencyHz: 868_000_000, bandwidthHz: UInt32(bandwidth), spreadingFactor: sf,
          codingRateDenominator: 8)
        let sixteen = Double(1 << sf) / Double(bandwidth) >= 0.016
        #expect(settings.usesLowDataRateOptimization == sixteen)
        let times = (0...255).map { settings.airtime(ofBytes: $0) }
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
      }
    }
  }

  @Test func `the longest setting a radio has stays in range`() {
    let settings = LoRaSettings(
      frequencyHz: 868_000_000, bandwidthHz: 7_800, spreadingFactor: 12,
      codingRateDenominator: 8, preambleSymbols: 65_535)
    // 65 539.25 + 8 + ceil(2036 / 40) · 8 symbols of 4096 / 7800 s
    #expect(settings.payloadSymbols(ofBytes: 255) == 416)
    let expected = 65_955.25 * 4096 / 7800
    #expect(abs(settings.airtime(ofBytes: 255) / .seconds(1) - expected) < 1e-5)
  }
}

@Suite("LoRa settings")
struct LoRaSettingsValidationTests {
  private static let good = RadioPreset.all[0].settings

  @Test func `every preset is valid and has the preamble its spreading factor asks for`() throws {
    for preset in RadioPreset.all {
      try preset.settings.validate()
      #expect(preset.settings.preambleSymbols == (preset.settings.spreadingFactor <= 8 ? 32 : 16))
      #expect(RadioPreset.named(preset.name.uppercased()) == preset)
    }
    #expect(RadioPreset.all.count == 15)
    #expect(RadioPreset.named("Atlantis") == nil)
  }

  @Test func `a setting out of range is refused by name, with the range`() {
    var settings = Self.good
    settings.spreadingFactor = 13
    #expect(throws: LoRaSettingsError.self) { try settings.validate() }
    do {
      try settings.validate()
    } catch {
      #expect(error.setting == "spreadingFactor")
      #expect(error.description == "spreadingFactor is 13; use 5…12")
    }
    let spoilt: [(inout LoRaSettings) -> Void] = [
      { $0.spreadingFactor = 4 }, { $0.bandwidthHz = 0 }, { $0.bandwidthHz = 2_000_000 },
      { $0.codingRateDenominator = 4 }, { $0.codingRateDenominator = 9 },
      { $0.preambleSymbols = 0 }, { $0.preambleSymbols = 65_536 }, { $0.frequencyHz = 0 },
    ]
    for spoil in spoilt {
      var settings = Self.good
      spoil(&settings)
      #expect(throws: LoRaSettingsError.self) { try settings.validate() }
    }
  }

  @Test func `a bandwidth no radio has is refused, and every way to round one it has is not`() {
    let exact: [Double] = [
      7812.5, 31_250 / 3, 15_625, 62_500 / 3, 31_250, 125_000 / 3, 62_500, 125_000,
    ]
    for hertz in exact + [7800, 7810, 10_400, 10_420, 20_830, 41_670, 41_700, 250_000, 500_000] {
      #expect(LoRaSettings.isBandwidth(hertz), "\(hertz) Hz")
    }
    let others: [Double] = [
      0, 7000, 10_000, 40_000, 100_000, 203_125, 406_250, 812_500, 1_625_000, .nan,
    ]
    for hertz in others {
      #expect(!LoRaSettings.isBandwidth(hertz), "\(hertz) Hz")
    }
    var settings = Self.good
    settings.bandwidthHz = 100_000
    let error = #expect(throws: LoRaSettingsError.self) { try settings.validate() }
    #expect(error?.description.hasPrefix("bandwidthHz is 100000 Hz; use 7.8, 10.4,") == true)
    for bandwidth in LoRaSettings.bandwidthsHz {
      settings.bandwidthHz = bandwidth
      #expect(throws: Never.self) { try settings.validate() }
    }
  }

  @Test func `the older coding-rate index means the denominator four higher`() {
    #expect(
      (0...10).map { LoRaSettings.codingRateDenominator(configured: $0) }
        == [nil, 5, 6, 7, 8, 5, 6, 7, 8, nil, nil])
  }
}
