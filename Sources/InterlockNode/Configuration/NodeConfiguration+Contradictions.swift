internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockWire

extension NodeConfiguration {
  /// What is possible by itself but not together, at the place of what should change.
  func contradictions(in value: JSONValue) -> [SettingProblem] {
    var problems: [SettingProblem] = []
    func refuse(_ path: String, _ message: String, at place: String? = nil) {
      problems.append(
        SettingProblem(place: Self.place(of: place ?? path, in: value), "\(path) \(message)"))
    }
    do throws(LoRaSettingsError) { _ = try modemSettings() } catch {
      refuse("radio", "\(error)", at: "radio.\(error.setting)")
    }
    do throws(SettingProblem) { _ = try dutyCyclePolicy() } catch {
      refuse("dutyCycle", error.message)
    }
    for (option, reason) in dutyCycle.ignored { refuse("dutyCycle.\(option)", reason) }
    for limit in dutyCycle.limits where limit.allowance > limit.window {
      refuse(
        "dutyCycle.limits",
        "must not allow more (\(limit.allowance.notation)) than its window has "
          + "(\(limit.window.notation))")
    }
    let channelProblems = channelContradictions
    for (index, option, reason) in channelProblems {
      refuse(
        "repeater.channels [\(index)]: \(option)", reason,
        at: "repeater.channels.\(index).\(option)")
    }
    let known = channels.compactMap(\.channel)
    for (index, rule) in rules.enumerated() {
      // What is wrong with the channels comes first: it may be all that is wrong with the rule.
      let content = channelProblems.isEmpty ? rule.contentContradictions(among: known) : []
      for (option, reason) in rule.contradictions + content {
        refuse(
          "repeater.rules [\(index)]: \(option)", reason, at: "repeater.rules.\(index).\(option)")
      }
    }
    for (option, reason) in adverts.contradictions { refuse("adverts.\(option)", reason) }
    switch modem.type {
    case .kissSerial, .tncSerial:
      if modem.device == nil { refuse("modem.device", "must name the serial device") }
    case .kissTCP, .tncTCP:
      if modem.host == nil { refuse("modem.host", "must name the modem's host") }
      if modem.port == nil { refuse("modem.port", "must name the modem's port") }
    case .simulated: break
    }
    if (modem.ax25Source == nil) != (modem.ax25Destination == nil) {
      refuse("modem", "must have both ax25Source and ax25Destination, or neither")
    }
    do throws(RegionError) {
      let configured = try repeaterConfiguration()
      if let home = regions.home, configured.defaultRegion == nil {
        refuse("regions.default", "must be one of regions.known; \"\(home)\" is not")
      }
    } catch {
      refuse("regions.known", "is not possible: \(error)")
    }
    return problems
  }

  /// What is not possible together here, apart from what is not in `old` either.
  func newContradictions(over old: NodeConfiguration) -> [SettingProblem] {
    let nowhere = JSONValue.object(JSONObject())
    let known = Set(old.contradictions(in: nowhere).map(\.message))
    return contradictions(in: nowhere).filter { !known.contains($0.message) }
  }

  /// Where an option stands, or the innermost thing around it that does.
  private static func place(of path: String, in value: JSONValue) -> JSONPosition? {
    var place = value
    for name in path.split(separator: ".") {
      let element = place.array.flatMap { elements in
        Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
      }
      guard let next = element ?? place[String(name)] else { break }
      place = next
    }
    return place.position
  }
}

extension DutyCycleSection {
  /// What is set and would not be kept, with the reason; nothing when limits are switched off as a
  /// whole, which the operator has said.
  var ignored: [(option: String, reason: String)] {
    guard enforce else { return [] }
    let defaults = DutyCycleSection()
    let ofModels: [(option: String, isSet: Bool, model: Model)] = [
      ("region", region != defaults.region && region != .none, .strict),
      ("limits", limits != defaults.limits, .strict),
      ("floodShare", floodShare != defaults.floodShare, .strict),
      ("advertShare", advertShare != defaults.advertShare, .strict),
      ("perMinuteAllowance", perMinuteAllowance != defaults.perMinuteAllowance, .perMinute),
      ("firmwareFactor", firmwareFactor != defaults.firmwareFactor, .firmwareBudget),
    ]
    var found = ofModels.filter { $0.isSet && $0.model != model }.map { entry in
      (
        option: entry.option,
        reason: "is of the model \(entry.model.rawValue); \(model.rawValue) does not keep it"
      )
    }
    if hybridChannels != nil, region != .fccHybrid {
      found.append(("hybridChannels", "is of the region fcc_hybrid, not of \(region.rawValue)"))
    }
    return found
  }
}

extension RuleEntry {
  /// Conditions that no packet can fulfil together, each with the reason.
  var contradictions: [(option: String, reason: String)] {
    let ranges: [(option: String, fewest: Int?, most: Int?)] = [
      ("Hops", fewestHops, mostHops),
      ("PayloadBytes", fewestPayloadBytes, mostPayloadBytes),
      ("FrameBytes", fewestFrameBytes, mostFrameBytes),
    ]
    return ranges.compactMap { option, fewest, most in
      guard let fewest, let most, fewest > most else { return nil }
      return (
        "fewest\(option)", "must not be more than most\(option): \(fewest) is more than \(most)"
      )
    }
  }
}
