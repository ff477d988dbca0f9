internal import Interlock
internal import InterlockRadio
internal import InterlockWire

/// What commands that only read are answered from, taken at one instant.
struct AdminView: Sendable {
  /// Neighbours that fit an answer.
  private static let neighboursShown = 8
  /// Bytes of key that name a neighbour.
  private static let neighbourPrefixBytes = 4

  var configuration: RepeaterConfiguration
  var profile: AdvertProfile
  var radio: LoRaSettings
  var readings: AdminReadings
  var neighbours: [Neighbour]
  var publicKey: PublicKey
  var hasGuestPassword: Bool
  var unixTime: UInt32
  var now: Instant

  /// The answer of `get`.
  func value(of name: AdminSettingName) -> String {
    let text =
      switch name {
      case .name: profile.name ?? ""
      case .latitude: degrees(profile.location?.latitudeE6)
      case .longitude: degrees(profile.location?.longitudeE6)
      case .ownerInfo: String(readings.ownerInfo.map { $0 == "\n" ? "|" : $0 })
      case .isRepeating: configuration.mode == .forward ? "on" : "off"
      case .frequency: RadioParameters.frequency(of: radio)
      case .radio: RadioParameters.text(of: radio)
      case .transmitPower: "\(readings.transmitPowerDBm)"
      case .airtimeFactor: "\(PlainNumber(100 / readings.dutyCyclePercent - 1))"
      case .dutyCycle: "\(PlainNumber(readings.dutyCyclePercent))"
      case .receptionDelay: "\(PlainNumber(configuration.delays.receptionBase))"
      case .floodDelay: "\(PlainNumber(configuration.delays.floodFactor))"
      case .directDelay: "\(PlainNumber(configuration.delays.directFactor))"
      case .floodHops: "\(configuration.maximumFloodHops)"
      case .unscopedFloodHops: "\(configuration.maximumUnscopedFloodHops)"
      case .advertHops: "\(configuration.maximumAdvertHops)"
      case .loopDetection: configuration.loopDetection.rawValue
      case .pathHashMode: "\(configuration.ownHashSize - 1)"
      case .multipleAcknowledgements: configuration.sendsAcknowledgementsTwice ? "1" : "0"
      case .advertInterval: "\((profile.zeroHopInterval?.components.seconds ?? 0) / 60)"
      case .floodAdvertInterval: "\((profile.floodInterval?.components.seconds ?? 0) / 3600)"
      // A password is not read back: who has forgotten it sets another.
      case .guestPassword: hasGuestPassword ? "set" : "not set"
      case .publicKey: "\(publicKey)"
      case .role: "repeater"
      }
    return "> " + text
  }

  /// The time the way firmware tells it.
  var clock: String {
    let day = CivilDate(unixTime: unixTime)
    func two(_ number: UInt32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(unixTime / 3600 % 24)):\(two(unixTime / 60 % 60))"
      + " - \(day.day)/\(day.month)/\(day.year) UTC"
  }

  /// One line for each neighbour, the one heard last first.
  var neighbourLines: String {
    let lines = neighbours.sorted { $0.lastHeard > $1.lastHeard }.prefix(Self.neighboursShown).map {
      "\(Hex.encode($0.key.prefix(Self.neighbourPrefixBytes))):\($0.secondsAgo(at: now)):"
        + "\($0.snrQuarterDB ?? 0)"
    }
    return lines.isEmpty ? "-none-" : lines.joined(separator: "\n")
  }

  /// The answer to a command about regions that only asks; nil for one that changes something.
  func regions(_ command: RegionCommand) -> String? {
    let regions = configuration.regions
    switch command {
    case .list:
      let lines = regions.entries.map { "\($0.region.name) \($0.allowsFlood ? "F" : "-")" }
      return (["* \(regions.allowsUnscopedFlood ? "F" : "-")"] + lines).joined(separator: "\n")
    case .get("*"): return "> * \(regions.allowsUnscopedFlood ? "F" : "-")"
    case .get(let name):
      guard let entry = regions.entry(named: name) else { return "Error: unknown region" }
      return "> \(entry.region.name)\(entry.parent.map { " (\($0))" } ?? "")"
        + " \(entry.allowsFlood ? "F" : "-")"
    case .put, .remove, .setFlood, .save: return nil
    }
  }

  /// Names of the regions whose floods are passed on, for those who ask without logging in.
  var allowedRegions: String {
    let regions = configuration.regions
    let named = regions.entries.filter(\.allowsFlood).map {
      $0.region.isPrivate ? $0.region.name : String($0.region.name.dropFirst())
    }
    return ((regions.allowsUnscopedFlood ? ["*"] : []) + named).joined(separator: ",")
  }

  private func degrees(_ value: Int32?) -> String {
    "\(PlainNumber(Double(value ?? 0) / 1_000_000))"
  }
}
