package import InterlockMeshCore
internal import InterlockRadio

/// What the parts of a node are told, from a configuration.
struct NodeParts: Sendable {
  let modem: ModemSettings
  let dutyCycle: DutyCyclePolicy
  let repeater: RepeaterConfiguration
  /// What the operator should know about channel and power.
  let warnings: [String]

  /// - Throws: `NodeError` for what reading a configuration rules out.
  init(_ configuration: NodeConfiguration) throws(NodeError) {
    do {
      modem = try configuration.modemSettings()
      dutyCycle = try configuration.dutyCyclePolicy()
      repeater = try configuration.repeaterConfiguration()
      warnings = try configuration.regulatoryWarnings()
    } catch {
      throw NodeError(.badInput, "the configuration is not possible: \(error)", "correct it")
    }
  }
}

extension NodeConfiguration {
  /// What the node announces of itself.
  package var advertProfile: AdvertProfile {
    let isSomewhere = node.latitude != 0 || node.longitude != 0
    return AdvertProfile(
      name: node.name,
      location: isSomewhere
        ? AdvertData.Location(
          latitudeE6: Int32((node.latitude * 1e6).rounded()),
          longitudeE6: Int32((node.longitude * 1e6).rounded())) : nil,
      zeroHopInterval: adverts.neighbourInterval == .zero ? nil : adverts.neighbourInterval,
      floodInterval: adverts.floodInterval == .zero ? nil : adverts.floodInterval)
  }
}
