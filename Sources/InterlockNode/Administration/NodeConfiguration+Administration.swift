internal import InterlockMeshCore
package import InterlockRadio
internal import InterlockWire

extension NodeConfiguration {
  /// The configuration after a change an administrator made over the radio.
  func changed(by change: AdminChange) throws(AdminCommandError) -> NodeConfiguration {
    var new = self
    switch change {
    case .setting(let setting): try new.take(setting)
    case .adminPassword(let password): new.security.adminPassword = password
    case .temporaryRadio(let radio): new.radio.take(radio)
    case .region(let command): try new.regions.take(command)
    }
    do { _ = try NodeParts(new) } catch { throw AdminCommandError("Error: \(error.what)") }
    if let problem = new.problem(ofKeeping: self) {
      throw AdminCommandError("Error: \(problem.message)")
    }
    return new
  }

  /// Why what differs from `old` could not be read again, or not beside the rest, which would keep the
  /// node from its next start.
  private func problem(ofKeeping old: NodeConfiguration) -> SettingProblem? {
    let table = Self.table
    let values = table.write(self)
    var kept = JSONObject()
    for setting in table.differences(from: old, to: self) {
      kept[setting.path] = values[setting.path]
    }
    var again = old
    var problems: [SettingProblem] = []
    table.read(.object(kept), into: &again, problems: &problems)
    return problems.first ?? newContradictions(over: old).first
  }

  /// Whether there is a limit beside those of the operator, which no change of them can lift.
  private var hasRegionalLimit: Bool {
    var bare = self
    bare.dutyCycle.limits = []
    // Where no rule is known there is no policy without the operator's limits.
    if case .windows? = (try? bare.dutyCyclePolicy())?.model { return true }
    return false
  }

  private mutating func take(_ setting: AdminSetting) throws(AdminCommandError) {
    switch setting {
    case .name(let name): node.name = name
    case .latitudeE6(let value): node.latitude = Double(value) / 1e6
    case .longitudeE6(let value): node.longitude = Double(value) / 1e6
    // A file holds it in one line.
    case .ownerInfo(let text): node.ownerInfo = String(text.map { $0.isNewline ? "|" : $0 })
    case .isRepeating(let isOn):
      // Whoever switched the transmitter off did so at the machine.
      guard node.mode != .noTx else {
        throw AdminCommandError("Error: node.mode is no_tx; change it in the configuration file")
      }
      node.mode = isOn ? .forward : .monitor
    case .frequencyHz(let frequency): radio.frequencyMHz = Double(frequency) / 1e6
    case .radio(let settings): radio.take(settings)
    case .transmitPowerDBm(let power): radio.powerDBm = power
    case .dutyCyclePercent(let percent):
      guard dutyCycle.model != .strict || percent <= dutyCycle.percent || hasRegionalLimit else {
        throw AdminCommandError("Error: here only dutyCycle.limits holds; raise it in the file")
      }
      dutyCycle.take(percent: percent)
    case .advertMinutes(let minutes): adverts.neighbourInterval = .seconds(60 * minutes)
    case .floodAdvertHours(let hours): adverts.floodInterval = .seconds(3600 * hours)
    case .guestPassword(let password):
      security.guestPassword = password.isEmpty ? nil : password
    case .receptionDelay, .floodDelay, .directDelay, .floodHops, .unscopedFloodHops, .advertHops,
      .loopDetection, .ownHashSize, .multipleAcknowledgements:
      var profile = advertProfile
      setting.apply(to: &repeater, &profile)
    }
  }
}

extension RadioSection {
  /// Replaces every value of the preset.
  package mutating func take(_ radio: LoRaSettings) {
    frequencyMHz = Double(radio.frequencyHz) / 1e6
    bandwidthKHz = Double(radio.bandwidthHz) / 1e3
    spreadingFactor = radio.spreadingFactor
    codingRate = radio.codingRateDenominator
    preambleSymbols = radio.preambleSymbols
  }
}

extension DutyCycleSection {
  /// The window a limit set over the radio is counted in.
  private static let window = Duration.seconds(3600)

  /// Under strict rules this adds a limit of the operator's own: those of the band stay.
  fileprivate mutating func take(percent: Double) {
    switch model {
    case .strict:
      var limit = LimitEntry()
      limit.window = Self.window
      limit.allowance = .milliseconds(Int64((Self.window / .milliseconds(1)) * percent / 100))
      // Those over other windows were not set by radio, and stay.
      limits = limits.filter { $0.window != Self.window } + [limit]
    case .perMinute: perMinuteAllowance = .milliseconds(Int64(600 * percent))
    case .firmwareBudget: firmwareFactor = 100 / percent - 1
    }
  }

  /// The least of the node's own limits, in percent of the time.
  var percent: Double {
    switch model {
    case .strict: limits.map { $0.allowance / $0.window * 100 }.min() ?? 100
    case .perMinute: perMinuteAllowance / .seconds(60) * 100
    case .firmwareBudget: 100 / (firmwareFactor + 1)
    }
  }
}

extension RegionsSection {
  fileprivate mutating func take(_ command: RegionCommand) throws(AdminCommandError) {
    func index(_ name: String) throws(AdminCommandError) -> Int {
      let canonical = RegionEntry.canonical(name)
      guard let index = known.firstIndex(where: { RegionEntry.canonical($0.name) == canonical })
      else { throw AdminCommandError("Error: unknown region") }
      return index
    }
    switch command {
    case .put(let name, _):
      // Known already: what is allowed stays.
      if (try? index(name)) != nil { return }
      var entry = RegionEntry()
      entry.name = name
      known.append(entry)
    case .remove(let name):
      let entry = known.remove(at: try index(name))
      guard home.map({ RegionEntry.canonical($0) }) != RegionEntry.canonical(entry.name) else {
        throw AdminCommandError("Error: the node's own floods are bound to this region")
      }
    case .setFlood("*", let isAllowed): allowUnscoped = isAllowed
    case .setFlood(let name, let isAllowed): known[try index(name)].allowFloods = isAllowed
    case .list, .get, .save: break
    }
  }
}
