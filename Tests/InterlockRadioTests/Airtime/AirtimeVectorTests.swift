import Foundation
import Interlock
import InterlockRadio
import Testing

@Suite("Time on air, reference cases")
struct AirtimeVectorTests {
  @Test func `radio.P1 every case of airtime.json comes out`() throws {
    let cases = try VectorFile.cases("airtime")
    #expect(cases.count == 60)
    for vector in cases {
      let id = vector["id"] as? String ?? "?"
      let bytes = try vector.integer("bytes")
      let settings = LoRaSettings(
        frequencyHz: 869_525_000, bandwidthHz: UInt32(try vector.integer("bandwidthHz")),
        spreadingFactor: try vector.integer("sf"),
        codingRateDenominator: try vector.integer("codingRateDenominator"),
        preambleSymbols: try vector.integer("preambleSymbols"),
        hasPayloadCRC: try vector.flag("crc"),
        hasExplicitHeader: try vector.flag("explicitHeader"))
      try settings.validate()
      let millisecond = Duration.milliseconds(1)
      #expect(
        abs(settings.symbolDuration / millisecond - (try vector.number("symbolMs"))) < 2e-6, "\(id)"
      )
      #expect(
        settings.usesLowDataRateOptimization == (try vector.flag("lowDataRateOptimize")), "\(id)")
      #expect(
        settings.payloadSymbols(ofBytes: bytes) == (try vector.integer("payloadSymbols")), "\(id)")
      let exact = settings.exactAirtime(ofBytes: bytes)
      #expect(abs(exact / millisecond - (try vector.number("airtimeMs"))) < 2e-6, "\(id)")
      let rounding = settings.airtime(ofBytes: bytes) - exact
      #expect(rounding >= .zero && rounding < .microseconds(1), "\(id)")
      guard let microseconds = vector["firmwareMicroseconds"] as? Int else { continue }
      #expect(settings.firmwareAirtimeMicroseconds(ofBytes: bytes) == microseconds, "\(id)")
      #expect(
        settings.firmwareAirtimeMilliseconds(ofBytes: bytes) == (try vector.integer("firmwareMs")),
        "\(id)")
    }
  }
}
