internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockWire

/// The repeater that the frames of a case are heard by.
struct ForwardingNode {
  /// For checks in which no time on air matters.
  static let defaultSettings = LoRaSettings(
    frequencyHz: 869_525_000, bandwidthHz: 250_000, spreadingFactor: 11, codingRateDenominator: 5)

  /// It, having heard nothing yet.
  let machine: RepeaterMachine

  /// Reads a case's `node`.
  ///
  /// - Throws: where a field is missing or is not what the schema says.
  init(reading current: inout ConformanceCase) throws(JSONError) {
    var configuration = RepeaterConfiguration()
    // The cases are about what is passed on; their node hears discovery and does not answer it.
    configuration.allowsDiscovery = false
    configuration.mode = try current.input("node.repeat") ? .forward : .monitor
    configuration.maximumFloodHops = try current.input("node.floodMax")
    configuration.maximumUnscopedFloodHops = try current.input("node.floodMaxUnscoped")
    configuration.maximumAdvertHops = try current.input("node.floodMaxAdvert")
    configuration.regions.allowsUnscopedFlood = try current.input("node.wildcardFloodAllowed")
    configuration.sendsAcknowledgementsTwice =
      try current.input("node.multiAcks", as: Int.self) > 0
    configuration.delays.receptionBase = try current.input("node.rxDelayBase")
    configuration.delays.floodFactor = try current.input("node.txDelayFactor")
    configuration.delays.directFactor = try current.input("node.directTxDelayFactor")
    let mode: String = try current.input("node.loopDetect")
    guard let loopDetection = LoopDetection(rawValue: mode) else {
      throw JSONError("node.loopDetect: “\(mode)” is unknown", at: current.value.position)
    }
    configuration.loopDetection = loopDetection
    for index in 0..<(try current.count("node.regions")) {
      let name: String = try current.input("node.regions.\(index).name")
      let isAllowed: Bool = try current.input("node.regions.\(index).floodAllowed")
      do throws(RegionError) {
        try configuration.regions.add(try Region(name), allowsFlood: isAllowed)
      } catch {
        throw JSONError("node.regions.\(index): \(error)", at: current.value.position)
      }
    }
    let key = try current.bytes("node.publicKey")
    guard let key = PublicKey(key) else {
      throw JSONError("node.publicKey: 32 bytes are expected", at: current.value.position)
    }
    machine = RepeaterMachine(
      configuration: configuration, publicKey: key, settings: try current.modulation("node.radio"),
      seed: 0)
  }
}
