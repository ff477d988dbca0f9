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
    configuration.channels = channels.compactMap(\.channel)
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
    configuration.advertPenalty = adverts.penalty ? adverts.penalties : nil
    configuration.advertTiers = adverts.adaptive ? adverts.tiers : nil
    return configuration
  }

  /// What the modem is told.
  ///
  /// - Throws: what reading a configuration rules out.
  /// - Returns: settings this modem can have.
  package func modemSettings() throws(LoRaSettingsError) -> ModemSettings {
    let lora = try radio.lora()
    if modem.type.setsPreamble { try lora.validateFirmwarePreamble() }
    return ModemSettings(
      lora: lora, transmitPowerDBm: radio.powerDBm,
      access: ChannelAccess(
        persistence: UInt8(clamping: modem.persistence), slotTime: modem.slotTime,
        transmitDelay: modem.transmitDelay, transmitTail: modem.transmitTail,
        isFullDuplex: modem.fullDuplex))
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
    // A rule may have a longest transmission of its own; the shorter one holds.
    policy.maxSingleTransmission = [policy.maxSingleTransmission, dutyCycle.maximumTransmission]
      .compactMap(\.self).min()
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
    guard var policy = try regionalPolicy(for: lora) else {
      return own.isEmpty ? .unlimited : .windows(own, name: "configured limits")
    }
    if case .windows(let limits) = policy.model {
      policy.model = .windows(limits + own)
    } else if !own.isEmpty {
      policy.model = .windows(own)
    }
    return policy
  }

  /// The rule of the region, without the operator's own limits; nil when only those hold.
  private func regionalPolicy(
    for lora: LoRaSettings
  ) throws(SettingProblem) -> DutyCyclePolicy? {
    switch dutyCycle.region {
    case .none: return nil
    case .fccHopping: return try policy(.hopping, for: lora)
    case .fccHybrid:
      guard let channels = dutyCycle.hybridChannels else {
        throw SettingProblem(place: nil, "needs hybridChannels for region fcc_hybrid")
      }
      return try policy(.hybrid(channels: channels), for: lora)
    case .fccDigital: return try policy(.digital, for: lora)
    case .auto:
      let policy = DutyCyclePolicy.regional(for: lora, erpDBm: radiatedPowerDBm)
      guard policy != nil || !dutyCycle.limits.isEmpty else {
        throw SettingProblem(
          place: nil,
          "has no rule for \(lora.frequencyText); give dutyCycle.limits, or choose a "
            + "dutyCycle.region: \"none\" if no limit applies")
      }
      return policy
    }
  }

  private func policy(
    _ rule: FCCRule, for lora: LoRaSettings
  ) throws(SettingProblem) -> DutyCyclePolicy {
    do throws(DutyCyclePolicyError) {
      return try rule.policy(for: lora)
    } catch {
      throw SettingProblem(place: nil, "is not possible: \(error)")
    }
  }
}
