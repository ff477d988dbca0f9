import Interlock
import InterlockRadio
import Testing

@Suite struct FCCRuleTests {
  static func channel(
    _ bandwidthHz: UInt32, around frequencyHz: UInt32 = 910_525_000
  ) -> LoRaSettings {
    LoRaSettings(
      frequencyHz: frequencyHz, bandwidthHz: bandwidthHz, spreadingFactor: 7,
      codingRateDenominator: 5)
  }

  @Test(arguments: [
    (FCCRule.hopping, 62_500, Duration.seconds(20)), (.hopping, 249_999, .seconds(20)),
    (.hopping, 250_000, .seconds(10)), (.hybrid(channels: 8), 62_500, .milliseconds(3200)),
  ])
  func `the stay on a channel is 0.4 s in the window of the rule`(
    rule: FCCRule, bandwidthHz: Int, window: Duration
  ) throws {
    let policy = try rule.policy(for: Self.channel(UInt32(bandwidthHz)))
    #expect(policy.limits == [.init(window: window, allowance: .milliseconds(400))])
    #expect(policy.maxSingleTransmission == .milliseconds(400))
    try policy.validate()
  }

  @Test func `digital modulation has no limit and must be 500 kHz wide`() throws {
    #expect(try FCCRule.digital.policy(for: Self.channel(500_000)).model == .unlimited)
    #expect(throws: DutyCyclePolicyError.self) {
      try FCCRule.digital.policy(for: Self.channel(499_999))
    }
  }

  @Test func `a rule holds for channels that lie inside the band with both edges`() throws {
    _ = try FCCRule.hopping.policy(for: Self.channel(125_000, around: 902_062_500))
    _ = try FCCRule.hopping.policy(for: Self.channel(125_000, around: 927_937_500))
    for frequency: UInt32 in [902_062_499, 927_937_501, 869_525_000] {
      #expect(throws: DutyCyclePolicyError.self, "\(frequency)") {
        try FCCRule.hopping.policy(for: Self.channel(125_000, around: frequency))
      }
    }
    #expect(throws: DutyCyclePolicyError.self) {
      try FCCRule.hybrid(channels: 0).policy(for: Self.channel(125_000))
    }
  }
}
