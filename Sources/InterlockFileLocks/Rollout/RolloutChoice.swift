internal import InterlockLocks
internal import InterlockSystem

/// Which mode a program runs in, and who said so; decided once, when it starts.
///
/// The first of these that says something counts: the option it was started with, the environment, its configuration, and what
/// it does when nothing was said.
public struct RolloutChoice: Sendable, Hashable {
  /// Who said so.
  public enum Source: Sendable, Hashable {
    case option
    case environment
    case configuration
    case standard
  }

  /// A variable that means no mode.
  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which.
    public let variable: String
    /// What it is set to.
    public let value: String

    /// What is wrong.
    public var description: String {
      "\(variable) is \"\(value.escapedForDisplay)\", which is no rollout mode"
    }

    /// What to do about it.
    public var remedy: String {
      let modes = RolloutMode.allCases.map(\.rawValue).joined(separator: ", ")
      return "set it to one of \(modes) (or false, which is legacy, or true, which is native)"
    }
  }

  /// The older programs' own switch, so that one variable steers both: they use their new locks for `true` alone, and the
  /// file for whatever else it says.
  public static let variable = "USE_NEW_LOCKS"

  /// The mode.
  public let mode: RolloutMode
  /// Who said so.
  public let source: Source

  /// Decides by what this process was started with.
  ///
  /// - Parameters:
  ///   - option: What an option said; nil for nothing.
  ///   - configuration: What a file said; nil for nothing.
  ///   - standard: What counts when nobody said anything.
  /// - Throws: ``Problem`` when the variable is set to no mode, even if an option says more.
  public init(
    option: RolloutMode? = nil, configuration: RolloutMode? = nil, standard: RolloutMode = .native
  ) throws(Problem) {
    try self.init(
      option: option, configuration: configuration, standard: standard,
      environment: ProcessEnvironment.value)
  }

  package init(
    option: RolloutMode?, configuration: RolloutMode?, standard: RolloutMode,
    environment: (String) -> String?
  ) throws(Problem) {
    let variable = try Self.mode(of: environment(Self.variable) ?? "")
    let said: [(RolloutMode?, Source)] = [
      (option, .option), (variable, .environment), (configuration, .configuration),
    ]
    (mode, source) =
      said.lazy.compactMap { mode, source in mode.map { ($0, source) } }.first
      ?? (standard, .standard)
  }

  /// Unset and empty are the same, as for other variables.
  private static func mode(of text: String) throws(Problem) -> RolloutMode? {
    if text.isEmpty { return nil }
    guard let mode = RolloutMode(notation: text) else {
      throw Problem(variable: variable, value: text)
    }
    return mode
  }
}
