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
    configuration.readKeys(environment, problems: &problems)
    if problems.isEmpty { problems = configuration.contradictions(in: value) }
    guard problems.isEmpty else { throw ConfigurationError(file: file, problems: problems) }
    self = configuration
  }

  /// Takes the keys of private regions and of channels that the environment has.
  mutating func readKeys(
    _ environment: (String) -> String?, problems: inout [SettingProblem]
  ) {
    func key(_ variable: String?, _ kind: SettingKind<[UInt8]>) -> [UInt8]? {
      guard let variable, let text = environment(variable) else { return nil }
      do throws(SettingProblem) {
        return try kind.read(.string(text))
      } catch {
        problems.append(SettingProblem(place: nil, "\(variable) \(error.message)"))
        return nil
      }
    }
    for (index, entry) in regions.known.enumerated() {
      guard let key = key(entry.keyVariable, .hex(bytes: [Region.keyBytes])) else { continue }
      regions.known[index].key = key
    }
    for (index, entry) in channels.enumerated() {
      guard let key = key(entry.keyVariable, .channelKey) else { continue }
      channels[index].key = key
    }
  }

  /// The environment variable for the key of something called `name`: the name in capitals, with _
  /// for what a variable cannot hold.
  static func keyVariable(_ prefix: String, _ name: some StringProtocol) -> String {
    prefix
      + name.map { character in
        character.isASCII && (character.isLetter || character.isNumber)
          ? character.uppercased() : "_"
      }.joined()
  }
}

extension RegionEntry {
  /// The environment variable that overrides a private region's key, named without the $; nil for a
  /// public region, which has no key.
  var keyVariable: String? {
    name.hasPrefix("$")
      ? NodeConfiguration.keyVariable("INTERLOCK_REGION_KEY_", name.dropFirst()) : nil
  }

  /// The name with the `#` that a public name may leave out.
  static func canonical(_ name: String) -> String {
    name.hasPrefix("$") || name.hasPrefix("#") ? name : "#" + name
  }
}
