internal import Interlock
package import InterlockMeshCore
package import InterlockRadio

// What each service is told, from what the operator has set.
extension NodeConfiguration {
  /// What the repeater is told.
  ///
  /// - Throws: what reading a configuration rules out: regions that cannot be.
  /// - Returns: the settings of every part of it.
  package func repeaterConfiguration() throws(RegionError) -> RepeaterConfiguration {
    var configuration = repeater
    configuration.mode = node.mode
    configuration.rules = rules.map(\.rule)
    configuration.regions = RegionTable(allowsUnscopedFlood: regions.allowUnscoped)
    for entry in regions.known {
      try configuration.regions.add(
        Region(entry.name, privateKey: entry.key), allowsFlood: entry.allowFloods)
    }
    configuration.defaultRegion = regions.home.flatMap { home in
      configuration.regions[RegionEntry.canonical(home)]?.region
    }
    configuration.advertRateLimit =
      adverts.rateLimit
      ? AdvertRateLimit(burst: adverts.rateLimitBurst, interval: adverts.rateLimitInterval) : nil
    return configuration
  }

  /// What the modem is told.
  ///
  /// - Throws: what reading a configuration rules out.
  /// - Returns: settings a radio can have.
  package func modemSettings() throws(LoRaSettingsError) -> ModemSettings {
    ModemSettings(lora: try radio.lora(), transmitPowerDBm: radio.powerDBm)
  }

  /// How long the node may be on the air.
  ///
  /// - Throws: what reading a configuration rules out: a channel no rule is known for, and no limit
  ///   of the operator's own.
  /// - Returns: a valid policy.
  package func dutyCyclePolicy() throws(SettingProblem) -> DutyCyclePolicy {
    guard dutyCycle.enforce else { return .unlimited }
    let lora: LoRaSettings
    do throws(LoRaSettingsError) {
      lora = try radio.lora()
    } catch {
      throw SettingProblem(place: nil, "has no channel: \(error)")
    }
    var policy: DutyCyclePolicy
    switch dutyCycle.model {
    case .perMinute: policy = .perMinute(dutyCycle.perMinuteAllowance)
    case .firmwareBudget:
      policy = .firmwareBudget(
        FirmwareBudget.Settings(airtimeFactor: Float(dutyCycle.firmwareFactor), for: lora))
    case .strict:
      policy = try strictPolicy(for: lora)
      policy.floodPermille = Int((dutyCycle.floodShare * 1000).rounded())
      policy.advertPermille = Int((dutyCycle.advertShare * 1000).rounded())
    }
    policy.debitsUnknown = dutyCycle.countUnknown
    policy.maxSingleTransmission = dutyCycle.maximumTransmission
    do throws(DutyCyclePolicyError) {
      try policy.validate()
    } catch {
      throw SettingProblem(place: nil, "is not possible: \(error)")
    }
    return policy
  }

  private func strictPolicy(
    for lora: LoRaSettings
  ) throws(SettingProblem) -> DutyCyclePolicy {
    let own = dutyCycle.limits.map {
      RollingBudget.Limit(window: $0.window, allowance: $0.allowance)
    }
    let ownPolicy = DutyCyclePolicy.windows(own, name: "configured limits")
    guard dutyCycle.region == .auto else { return own.isEmpty ? .unlimited : ownPolicy }
    let power = radio.powerDBm + Int(dutyCycle.antennaGainDB.rounded(.up))
    guard var policy = DutyCyclePolicy.regional(for: lora, erpDBm: power) else {
      guard own.isEmpty else { return ownPolicy }
      throw SettingProblem(
        place: nil,
        "has no rule for \(lora.frequencyText); give dutyCycle.limits, or say region: \"none\" if no "
          + "limit applies")
    }
    if case .windows(let limits) = policy.model {
      policy.model = .windows(limits + own)
    } else if !own.isEmpty {
      policy.model = .windows(own)
    }
    return policy
  }
}
