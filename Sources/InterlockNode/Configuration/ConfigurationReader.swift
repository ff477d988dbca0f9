internal import InterlockMeshCore
internal import InterlockRadio
internal import InterlockWire

extension NodeConfiguration {
  /// The most bytes a configuration file may have.
  package static let largestFileBytes = 1 << 20

  /// Reads a configuration.
  ///
  /// - Parameters:
  ///   - text: JSON5.
  ///   - file: Its name, for errors.
  ///   - environment: The values of environment variables, which override secrets.
  /// - Throws: `ConfigurationError` with every problem and its line; nothing is half taken.
  package init(
    parsing text: [UInt8], file: String, environment: (String) -> String? = { _ in nil }
  ) throws(ConfigurationError) {
    var configuration = NodeConfiguration()
    var problems: [SettingProblem] = []
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(
        parsing: text, as: .json5, limits: JSONLimits(bytes: Self.largestFileBytes, depth: 16))
    } catch {
      throw ConfigurationError(
        file: file, problems: [SettingProblem(place: error.position, error.problem)])
    }
    Self.table.read(value, into: &configuration, problems: &problems)
    for setting in Self.table.settings {
      guard let variable = setting.description.environment, let text = environment(variable)
      else { continue }
      do throws(SettingProblem) {
        try setting.read(.string(text), &configuration)
      } catch {
        problems.append(SettingProblem(place: nil, "\(variable) \(error.message)"))
      }
    }
    configuration.readRegionKeys(environment, problems: &problems)
    if problems.isEmpty { problems = configuration.contradictions(in: value) }
    guard problems.isEmpty else { throw ConfigurationError(file: file, problems: problems) }
    self = configuration
  }

  /// Takes the keys of private regions that the environment has.
  private mutating func readRegionKeys(
    _ environment: (String) -> String?, problems: inout [SettingProblem]
  ) {
    let kind = SettingKind.hex(bytes: [Region.keyBytes])
    for (index, entry) in regions.known.enumerated() {
      guard let variable = entry.keyVariable, let text = environment(variable) else { continue }
      do throws(SettingProblem) {
        regions.known[index].key = try kind.read(.string(text))
      } catch {
        problems.append(SettingProblem(place: nil, "\(variable) \(error.message)"))
      }
    }
  }

  /// What is possible by itself but not together, at the place of what should change.
  private func contradictions(in value: JSONValue) -> [SettingProblem] {
    var problems: [SettingProblem] = []
    func refuse(_ path: String, _ message: String) {
      problems.append(SettingProblem(place: Self.place(of: path, in: value), "\(path) \(message)"))
    }
    do throws(LoRaSettingsError) { _ = try radio.lora() } catch { refuse("radio", "\(error)") }
    do throws(SettingProblem) { _ = try dutyCyclePolicy() } catch {
      refuse("dutyCycle", error.message)
    }
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
    for limit in dutyCycle.limits where limit.allowance > limit.window {
      refuse(
        "dutyCycle.limits",
        "must not allow more (\(limit.allowance.notation)) than its window has "
          + "(\(limit.window.notation))")
    }
    return problems
  }

  /// Where an option stands, or the innermost thing around it that does.
  private static func place(of path: String, in value: JSONValue) -> JSONPosition? {
    var place = value
    for name in path.split(separator: ".") {
      guard let next = place[String(name)] else { break }
      place = next
    }
    return place.position
  }
}

extension RegionEntry {
  /// The environment variable that overrides a private region's key: its name without the $, in
  /// capitals, with _ for what a variable cannot hold; nil for a public region, which has no key.
  var keyVariable: String? {
    guard name.hasPrefix("$") else { return nil }
    let suffix = name.dropFirst().map { character in
      character.isASCII && (character.isLetter || character.isNumber)
        ? character.uppercased() : "_"
    }
    return "INTERLOCK_REGION_KEY_" + suffix.joined()
  }

  /// The name with the `#` that a public name may leave out.
  static func canonical(_ name: String) -> String {
    name.hasPrefix("$") || name.hasPrefix("#") ? name : "#" + name
  }
}
