/// How a lock is held.
public enum LockMode: Sendable, Hashable {
  /// Alone.
  case exclusive
  /// Together with others who share it.
  case shared
  /// This many of the permits there are; everybody states the same limit.
  case permits(Int, of: Int)

  /// The largest number of permits a lock may have.
  public static let mostPermits = 1_000_000

  /// How many there are; nil where it is not permits that are held.
  public var limit: Int? {
    if case .permits(_, let limit) = self { limit } else { nil }
  }

  /// Whether a holder of each may be inside at once, as far as their kinds go.
  public func isCompatible(with other: LockMode) -> Bool {
    switch (self, other) {
    case (.shared, .shared): true
    case (.permits(_, let left), .permits(_, let right)): left == right
    default: false
    }
  }
}

extension LockMode: CustomStringConvertible {
  /// As it is written on the command line: `exclusive`, `shared`, `permits:2/4`.
  public var description: String {
    switch self {
    case .exclusive: "exclusive"
    case .shared: "shared"
    case .permits(let count, let limit): "permits:\(count)/\(limit)"
    }
  }

  /// What `text` says; nil when it is no mode.
  public init?(_ text: some StringProtocol) {
    switch text {
    case "exclusive": self = .exclusive
    case "shared": self = .shared
    default:
      guard text.hasPrefix("permits:") else { return nil }
      let parts = text.dropFirst("permits:".count).split(separator: "/")
      guard parts.count == 2, let count = Int(parts[0]), let limit = Int(parts[1]),
        1...Self.mostPermits ~= limit, 1...limit ~= count
      else { return nil }
      self = .permits(count, of: limit)
    }
  }
}
