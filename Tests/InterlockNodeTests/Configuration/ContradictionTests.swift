import Testing

@testable import InterlockNode

@Suite struct ContradictionTests {
  private func problem(_ text: String) -> String? {
    do throws(ConfigurationError) {
      _ = try NodeConfiguration(parsing: Array(text.utf8), file: "node.json5")
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    (
      "{dutyCycle: {\n model: 'per_minute',\n limits: [{}]}}",
      "node.json5:3:10: dutyCycle.limits is of the model strict; per_minute does not keep it"
    ),
    (
      "{dutyCycle: {model: 'per_minute', floodShare: 0.3}}",
      "dutyCycle.floodShare is of the model strict; per_minute does not keep it"
    ),
    (
      "{dutyCycle: {model: 'firmware_budget', advertShare: 0.1}}",
      "dutyCycle.advertShare is of the model strict; firmware_budget does not keep it"
    ),
    (
      "{radio: {preset: 'USA/Canada'}, dutyCycle: {model: 'per_minute', region: 'fcc_hopping'}}",
      "dutyCycle.region is of the model strict; per_minute does not keep it"
    ),
    (
      "{dutyCycle: {perMinuteAllowance: '1s'}}",
      "dutyCycle.perMinuteAllowance is of the model per_minute; strict does not keep it"
    ),
    (
      "{dutyCycle: {model: 'per_minute', firmwareFactor: 9}}",
      "dutyCycle.firmwareFactor is of the model firmware_budget; per_minute does not keep it"
    ),
    (
      "{dutyCycle: {hybridChannels: 8}}",
      "dutyCycle.hybridChannels is of the region fcc_hybrid, not of auto"
    ),
  ])
  func `a limit that the chosen model would not keep is refused`(text: String, message: String) {
    let found = problem(text)
    #expect(found?.contains(message) == true, "\(found ?? "accepted")")
  }

  @Test(arguments: [
    "{dutyCycle: {model: 'per_minute', perMinuteAllowance: '1s', region: 'none'}}",
    "{dutyCycle: {model: 'firmware_budget', firmwareFactor: 9, maximumTransmission: '400ms'}}",
    "{dutyCycle: {limits: [{}], floodShare: 0.3, advertShare: 0.1}}",
    "{dutyCycle: {enforce: false, model: 'per_minute', limits: [{}]}}",
  ])
  func `limits the model keeps, or that are switched off as a whole, are accepted`(text: String) {
    #expect(problem(text) == nil)
  }

  @Test(arguments: [
    (
      "{repeater: {rules: [{}, {\n fewestHops: 5, mostHops: 2}]}}",
      "node.json5:2:14: repeater.rules [1]: fewestHops must not be more than mostHops: 5 is more"
    ),
    (
      "{repeater: {rules: [{fewestPayloadBytes: 9, mostPayloadBytes: 8}]}}",
      "repeater.rules [0]: fewestPayloadBytes must not be more than mostPayloadBytes"
    ),
    (
      "{repeater: {rules: [{fewestFrameBytes: 200, mostFrameBytes: 0}]}}",
      "repeater.rules [0]: fewestFrameBytes must not be more than mostFrameBytes"
    ),
  ])
  func `a rule that can never apply is refused`(text: String, message: String) {
    let found = problem(text)
    #expect(found?.contains(message) == true, "\(found ?? "accepted")")
    let possible = "{fewestHops: 2, mostHops: 2, fewestFrameBytes: 9}"
    #expect(problem("{repeater: {rules: [\(possible)]}}") == nil)
  }

  @Test(arguments: [
    (
      "{adverts: {\n penalty: true}}",
      "node.json5:2:11: adverts.penalty bars who exceeds a limit, and there is none without rateLimit"
    ),
    (
      "{adverts: {rateLimit: true, penalty: true, penaltyBase: '2h', penaltyMaximum: '1h'}}",
      "adverts.penaltyMaximum must not be less than penaltyBase: 1h is less than 2h"
    ),
    (
      "{adverts: {adaptive: true}}",
      "adverts.adaptive changes a limit, and there is none without rateLimit"
    ),
    (
      "{adverts: {rateLimit: true, adaptive: true,\n adaptiveNormal: 0.2, adaptiveBusy: 0.2}}",
      "node.json5:2:37: adverts.adaptiveBusy must be more than adaptiveNormal"
    ),
    (
      "{adverts: {rateLimit: true, adaptive: true, adaptiveBusy: 0.5}}",
      "adverts.adaptiveCongested must be more than adaptiveBusy"
    ),
  ])
  func `what the advert limits cannot mean is refused`(text: String, message: String) {
    let found = problem(text)
    #expect(found?.contains(message) == true, "\(found ?? "accepted")")
  }

  @Test(arguments: [
    "{adverts: {rateLimit: true, penalty: true, penaltyBase: '1h', penaltyMaximum: '1h'}}",
    "{adverts: {penaltyBase: '2h', penaltyMaximum: '1h'}}",
    "{adverts: {rateLimit: true, adaptive: true, penalty: true}}",
    "{adverts: {adaptiveBusy: 0, adaptiveCongested: 0}}",
  ])
  func `advert limits that can be meant, or are switched off, are accepted`(text: String) {
    #expect(problem(text) == nil)
  }

  @Test(arguments: [
    ("kiss_serial", 8, 31, 32), ("kiss_tcp", 8, 6, 32), ("kiss_serial", 9, 15, 16),
  ])
  func `a preamble shorter than the one a MeshCore modem sends is refused`(
    modem: String, spreadingFactor: Int, symbols: Int, sent: Int
  ) throws {
    func text(_ modem: String, _ symbols: Int) -> String {
      "{modem: {type: '\(modem)', device: '/dev/x', host: 'h', port: 1},\n"
        + " radio: {spreadingFactor: \(spreadingFactor), preambleSymbols: \(symbols)}}"
    }
    let found = try #require(problem(text(modem, symbols)))
    #expect(found.hasPrefix("node.json5:2:47: radio preambleSymbols is \(symbols) "), "\(found)")
    #expect(found.contains("sends \(sent) at SF\(spreadingFactor)"))
    #expect(problem(text(modem, sent)) == nil)
    #expect(problem(text(modem, sent + 1)) == nil, "the account is only more careful")
    #expect(problem(text("tnc_serial", symbols)) == nil)
    #expect(problem(text("simulated", symbols)) == nil)
  }
}
