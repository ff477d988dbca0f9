import Interlock
import InterlockRadio
import Testing

@Suite("Regional rules")
struct RegionalRuleTests {
  static func rule(
    _ frequencyHz: UInt32, _ bandwidthHz: UInt32, erpDBm: Int? = nil
  ) -> RegionalRule? {
    RegionalRule(
      for: LoRaSettings(
        frequencyHz: frequencyHz, bandwidthHz: bandwidthHz, spreadingFactor: 8,
        codingRateDenominator: 8),
      erpDBm: erpDBm)
  }

  @Test(
    arguments: [
      (864_000_000, 1), (866_500_000, 10), (868_300_000, 10), (868_950_000, 1),
      (869_525_000, 100), (869_618_000, 100), (869_850_000, 10), (433_650_000, 100),
    ] as [(UInt32, Int)])
  func `radio.D14 inside a sub-band its own limit holds`(_ frequency: UInt32, _ permille: Int) {
    let rule = Self.rule(frequency, 62_500)
    #expect(rule?.permille == permille)
    #expect(rule?.warnings == [])
    #expect(rule?.limit?.window == .seconds(3600))
    #expect(rule?.limit?.allowance == .milliseconds(3600 * permille))
  }

  @Test func `radio.D14 a channel that just meets an edge does not touch what is beyond`() {
    // 869.4–869.65 MHz exactly, and one hertz to either side.
    #expect(Self.rule(869_525_000, 250_000)?.permille == 100)
    #expect(Self.rule(869_525_001, 250_000)?.permille == 1)
    #expect(Self.rule(869_524_999, 250_000)?.permille == 1)
    // An odd bandwidth ends on half a hertz.
    #expect(Self.rule(869_525_000, 249_999)?.permille == 100)
    #expect(Self.rule(869_525_000, 250_001)?.permille == 1)
    #expect(Self.rule(863_062_500, 125_000)?.warnings == [])
    #expect(Self.rule(863_062_499, 125_000)?.warnings.count == 1)
  }

  @Test func `radio.D14 of two neighbouring sub-bands the stricter holds`() {
    let across = Self.rule(865_000_000, 125_000)
    #expect(across?.permille == 1)
    #expect(across?.warnings == [])
    #expect(across?.name == "863–865 MHz and 865–868 MHz")
    // 865–868 and 868–868.6 have the same limit.
    #expect(Self.rule(868_000_000, 125_000)?.permille == 10)
  }

  @Test func `radio.D14 a channel that straddles a gap gets the tightest limit of the band`() {
    for frequency: UInt32 in [868_600_000, 868_700_000, 869_400_000, 869_650_000, 869_700_000] {
      let rule = Self.rule(frequency, 62_500)
      #expect(rule?.permille == 1, "\(frequency)")
      #expect(rule?.warnings.count == 1, "\(frequency)")
    }
    // All of it in a gap; and half of it beyond the band.
    #expect(Self.rule(869_300_000, 62_500)?.permille == 1)
    #expect(Self.rule(870_000_000, 62_500)?.permille == 1)
  }

  @Test func `radio.D14 the power decides between the rows of a sub-band`() {
    #expect(Self.rule(869_850_000, 125_000, erpDBm: 7)?.permille == nil)
    #expect(Self.rule(869_850_000, 125_000, erpDBm: 7)?.limit == nil)
    #expect(Self.rule(869_850_000, 125_000, erpDBm: 8)?.permille == 10)
    #expect(Self.rule(869_850_000, 125_000, erpDBm: 14)?.warnings == [])
    let loud = Self.rule(869_850_000, 125_000, erpDBm: 20)
    #expect(loud?.permille == 1)
    #expect(loud?.warnings == ["20 dBm is more than the 14 dBm allowed on 869.7–870 MHz"])
    #expect(Self.rule(869_525_000, 62_500, erpDBm: 27)?.permille == 100)
    #expect(Self.rule(869_525_000, 62_500, erpDBm: 14)?.permille == 100)
  }

  @Test func `radio.D14 where no sub-band is known the operator must choose`() {
    for frequency: UInt32 in [910_525_000, 915_800_000, 870_100_000, 433_000_000, 2_400_000_000] {
      #expect(Self.rule(frequency, 62_500) == nil)
      let settings = LoRaSettings(
        frequencyHz: frequency, bandwidthHz: 62_500, spreadingFactor: 8, codingRateDenominator: 8)
      #expect(DutyCyclePolicy.regional(for: settings) == nil)
    }
  }

  @Test func `the European presets lie inside their sub-bands`() throws {
    for preset in RadioPreset.all where preset.settings.frequencyHz < 900_000_000 {
      let rule = try #require(RegionalRule(for: preset.settings), "\(preset.name)")
      #expect(rule.warnings == [], "\(preset.name)")
      #expect(rule.permille == 100, "\(preset.name)")
      let policy = try #require(DutyCyclePolicy.regional(for: preset.settings))
      try policy.validate()
    }
    #expect(
      DutyCyclePolicy.regional(for: RadioPreset.all[0].settings)?.name == "869.4–869.65 MHz")
  }

  @Test func `impossible policies are refused with the figure and the range`() throws {
    var bad: [DutyCyclePolicy] = [
      .windows([.init(window: .zero, allowance: .zero)], name: "no window"),
      .windows([.init(window: .seconds(60), allowance: .seconds(61))], name: "more than all"),
      .windows([.init(window: .seconds(60), allowance: .seconds(-1))], name: "less than none"),
      .windows([.init(window: .seconds(86_401), allowance: .zero)], name: "too long"),
      .windows(
        Array(repeating: .init(window: .seconds(60), allowance: .zero), count: 9), name: "many"),
      .firmwareBudget(.init(airtimeFactor: .nan, longestAirtimeMilliseconds: 1)),
      .firmwareBudget(.init(airtimeFactor: -1, longestAirtimeMilliseconds: 1)),
    ]
    var dwell = DutyCyclePolicy.unlimited
    dwell.maxSingleTransmission = .zero
    var share = DutyCyclePolicy.unlimited
    share.floodPermille = 1001
    bad += [dwell, share]
    for policy in bad {
      #expect(throws: DutyCyclePolicyError.self, "\(policy)") { try policy.validate() }
    }
    for policy: DutyCyclePolicy in [.unlimited, .perMinute(), .hourly(permille: 1)] {
      try policy.validate()
    }
    #expect(FirmwareBudget.Settings.airtimeFactor(percent: 50) == 1)
  }
}
