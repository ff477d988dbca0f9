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
