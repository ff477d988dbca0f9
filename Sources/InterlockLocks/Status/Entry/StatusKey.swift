/// Which status: its name, and the scope it lies in.
///
/// A flag of the legacy programs has one key however it is written: `FCRunning` of the scope `inverter-1`, or `FCRunning1`
/// as its file is called. The first is how the key keeps it.
public struct StatusKey: Sendable, Hashable {
  /// The name within its scope.
  public let name: StatusName
  /// The scope; nil when the status lies in none.
  public let scope: StatusName?
  /// The legacy flag it is, if it is one.
  public let flag: LegacyFlag?

  /// Names a status.
  public init(_ name: StatusName, scope: StatusName? = nil) {
    flag = LegacyFlag(name: name.text, scope: scope?.text)
    if let flag {
      (self.name, self.scope) = Self.parts(of: flag)
    } else {
      (self.name, self.scope) = (name, scope)
    }
  }

  /// Names a status by its flag.
  public init(_ flag: LegacyFlag) {
    self.flag = flag
    (name, scope) = Self.parts(of: flag)
  }

  private static func parts(of flag: LegacyFlag) -> (StatusName, StatusName?) {
    (
      StatusName(stringLiteral: flag.status.rawValue),
      flag.scope.map { StatusName(stringLiteral: $0) }
    )
  }

  /// The name to be typed for it: that of the flag's file without its dot, where it is one.
  public var title: String { flag?.name ?? name.text }

  /// Whether it tells what an inverter is made to do: then it changes only under a fence of the lock `inverter_write`.
  public var needsFence: Bool { LegacyFlag.Status(rawValue: name.text) != nil }

  /// Whether a lock of that name is the one to hold: `inverter_write`, or that of the one inverter.
  package func isGuarded(by lock: String) -> Bool {
    let common = "inverter_write"
    return lock == common || lock == flag?.instance.map { "\(common):\($0)" }
  }
}

extension StatusKey: CustomStringConvertible {
  /// The name, and the scope where there is one.
  public var description: String {
    if let flag { return flag.name }
    return scope.map { "\(name) of \($0)" } ?? "\(name)"
  }
}
