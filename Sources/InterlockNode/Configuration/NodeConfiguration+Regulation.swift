package import InterlockRadio

extension NodeConfiguration {
  /// The effective radiated power in whole decibels over a milliwatt, rounded up.
  var radiatedPowerDBm: Int { radio.powerDBm + Int(dutyCycle.antennaGainDB.rounded(.up)) }

  /// What the operator should know about channel and power under the rules of the European
  /// sub-bands, whatever airtime the node counts; nothing once another `dutyCycle.region` is chosen.
  ///
  /// - Throws: what reading a configuration rules out.
  package func regulatoryWarnings() throws(LoRaSettingsError) -> [String] {
    guard dutyCycle.region == .auto else { return [] }
    return RegionalRule(for: try radio.lora(), erpDBm: radiatedPowerDBm)?.warnings ?? []
  }

  /// What to do about such a warning.
  package static let regulatoryRemedy =
    "change radio, or choose the dutyCycle.region that applies; the operator answers for it"
}
