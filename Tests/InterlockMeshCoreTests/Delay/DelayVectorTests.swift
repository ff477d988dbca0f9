import Interlock
import InterlockMeshCore
import InterlockRadio
import Testing

@Suite struct DelayVectorTests {
  @Test func `radio.P1 delays: scores, holds and windows of both profiles`() throws {
    let cases = try VectorFile.cases("delays")
    #expect(cases.count == 48)
    for item in cases {
      let id = item["id"] as? String ?? "?"
      func integer(_ name: String) -> Int { item[name] as? Int ?? -1 }
      func number(_ name: String) -> Double { item[name] as? Double ?? -1 }
      let settings = LoRaSettings(
        frequencyHz: 869_525_000, bandwidthHz: UInt32(integer("bandwidthHz")),
        spreadingFactor: integer("sf"), codingRateDenominator: integer("codingRateDenominator"),
        preambleSymbols: integer("preambleSymbols"))
      var policy = DelayPolicy(
        floodFactor: number("txDelayFactor"), directFactor: number("directTxDelayFactor"),
        receptionBase: number("rxDelayBase"))
      let bytes = integer("bytes")
      let score = ReceptionQuality.score(
        snrQuarterDB: Int(number("snrDb") * 4), spreadingFactor: integer("sf"), frameBytes: bytes)
      #expect(abs(score - number("score")) < 1e-6, "\(id)")
      let firmware = DelayCalculator(policy: policy, settings: settings)
      policy.profile = .pymc
      let python = DelayCalculator(policy: policy, settings: settings)
      let firmwareHold = Double(firmware.holdMicroseconds(score: score, frameBytes: bytes)) / 1000
      #expect(abs(firmwareHold - number("firmwareRxHoldMs")) <= 1, "\(id)")
      let hold = Double(python.holdMicroseconds(score: score, frameBytes: bytes)) / 1000
      #expect(abs(hold - number("rxHoldMsExact")) <= 0.002, "\(id)")
      func maximum(_ calculator: DelayCalculator, _ factor: Double) -> Double {
        Double(
          calculator.window(bytes: bytes, codeBytes: 0, factor: factor).maximumMicroseconds) / 1000
      }
      #expect(maximum(firmware, policy.floodFactor) == number("firmwareFloodWindowMaxMs"), "\(id)")
      #expect(
        maximum(firmware, policy.directFactor) == number("firmwareDirectWindowMaxMs"), "\(id)")
      #expect(
        abs(maximum(python, policy.floodFactor) - number("pythonFloodWindowMaxMs")) <= 0.002,
        "\(id)")
      #expect(
        abs(maximum(python, policy.directFactor) - number("pythonDirectWindowMaxMs")) <= 0.002,
        "\(id)")
    }
  }
}
