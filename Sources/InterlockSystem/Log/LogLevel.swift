/// How much a log line matters.
package enum LogLevel: Int, Sendable, Hashable, Comparable, CaseIterable {
  /// For following one packet through the program.
  case debug
  /// What a running system does.
  case info
  /// Something an operator may want to change.
  case warning
  /// Something was lost or cannot be done.
  case error

  /// The level's name, as it is written and configured.
  package var name: String {
    switch self {
    case .debug: "debug"
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    }
  }

  /// The level with that name.
  package init?(name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }

  /// Whether `left` matters less.
  package static func < (left: LogLevel, right: LogLevel) -> Bool {
    left.rawValue < right.rawValue
  }
}
