internal import InterlockRadio

/// Who hears whom, and how well.
extension AirMachine {
  /// Says what is lost between two radios, whatever their distance; nil: they never hear each other.
  public mutating func setLoss(_ decibels: Double?, between first: RadioID, and second: RadioID) {
    overrides[Pair(first.index, second.index)] = decibels ?? .infinity
    linksAreCurrent = false
  }

  /// The loss in dB between two radios, shadowing included; the same in both directions.
  public func loss(between first: RadioID, and second: RadioID) -> Double {
    if let given = overrides[Pair(first.index, second.index)] { return given }
    let (from, to) = (radios[first.index], radios[second.index])
    return pathLoss.loss(
      overMetres: from.position.distance(to: to.position),
      frequencyHz: from.settings.lora.frequencyHz)
      + pathLoss.shadowing(between: first.index, and: second.index, seed: seed)
  }

  /// The strength in dBm with which `hearer` receives `sender`.
  public func rssi(of sender: RadioID, at hearer: RadioID) -> Double {
    Double(radios[sender.index].settings.transmitPowerDBm) + radios[sender.index].antennaGainDBi
      + radios[hearer.index].antennaGainDBi - loss(between: sender, and: hearer)
  }

  /// The signal-to-noise ratio in dB with which `hearer` receives `sender`.
  public func snr(of sender: RadioID, at hearer: RadioID) -> Double {
    let radio = radios[hearer.index]
    return rssi(of: sender, at: hearer)
      - Reception.noiseFloor(
        bandwidthHz: radio.settings.lora.bandwidthHz, noiseFigureDB: radio.noiseFigureDB)
  }

  /// The radios that decode `sender` when nobody else sends, in the order of their numbers.
  public mutating func hearers(of sender: RadioID) -> [RadioID] {
    computeLinks()
    return links[sender.index].filter(\.isDecodable).map { RadioID(index: $0.hearer) }
  }

  // MARK: Private detail

  /// Works out anew who hears whom, if something has changed.
  mutating func computeLinks() {
    guard !linksAreCurrent else { return }
    linksAreCurrent = true
    for sender in radios.indices {
      links[sender] = radios.indices.compactMap { link(from: sender, to: $0) }
    }
  }

  private func link(from sender: Int, to hearer: Int) -> Link? {
    guard sender != hearer, channels[sender] == channels[hearer] else { return nil }
    let (from, to) = (RadioID(index: sender), RadioID(index: hearer))
    let snr = snr(of: from, at: to)
    let threshold = LoRaSettings.thresholdSNR(spreadingFactor: channels[hearer].spreadingFactor)
    guard snr >= threshold - Reception.negligibleDB else { return nil }
    let rssi = rssi(of: from, at: to)
    return Link(
      hearer: hearer, milliwatts: Decibels.linear(rssi), rssiDBm: Int16(rssi.rounded()),
      snrQuarterDB: Int16((4 * snr).rounded()), isDecodable: snr >= threshold)
  }

  /// Two radios, in either order.
  struct Pair: Sendable, Hashable {
    let low: Int
    let high: Int

    init(_ first: Int, _ second: Int) {
      (low, high) = (min(first, second), max(first, second))
    }
  }
}
