/// A flag file of the legacy programs: one of four statuses of an inverter.
///
/// | status | older line | newer line, inverter n |
/// | --- | --- | --- |
/// | force charge | `.FCRunning` | `.FCRunning<n>` |
/// | force export | `.FERunning` | `.FERunning<n>` |
/// | pause charge | `.tpcRunning` | `.tpcRunning_<n>` |
/// | pause discharge | `.tpdRunning` | `.tpdRunning_<n>` |
public struct LegacyFlag: Sendable, Hashable {
  /// What an inverter is made to do for a while.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case forceCharge = "FCRunning"
    case forceExport = "FERunning"
    case pauseCharge = "tpcRunning"
    case pauseDischarge = "tpdRunning"

    /// What stands between the status and the number of the inverter.
    fileprivate var separator: String {
      switch self {
      case .forceCharge, .forceExport: ""
      case .pauseCharge, .pauseDischarge: "_"
      }
    }
  }

  /// The numbers that inverters have.
  public static let instances = 1...5

  /// What the inverter is made to do.
  public let status: Status
  /// Which inverter; nil in the older line, which knows one.
  public let instance: Int?

  /// A flag; nil when no inverter has that number.
  public init?(_ status: Status, instance: Int? = nil) {
    if let instance, !Self.instances.contains(instance) { return nil }
    self.status = status
    self.instance = instance
  }

  /// The flag whose file is called `file`; nil when it is no flag's.
  public init?(file: some StringProtocol) {
    guard file.utf8.first == UInt8(ascii: ".") else { return nil }
    self.init(name: file.dropFirst())
  }

  /// The flag called `name`, a file's without its dot; nil when it is no flag's.
  public init?(name: some StringProtocol) {
    guard let flag = Self.all.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
      return nil
    }
    self = flag
  }

  /// The flag that a status is: `FCRunning` of `inverter-1`, or `FCRunning1`; nil when it is none.
  init?(name: some StringProtocol, scope: String?) {
    let flag = Self.all.first { flag in
      flag.scope == scope && flag.status.rawValue == name || flag.name == name && scope == nil
        || flag.name == name && flag.scope == scope
    }
    guard let flag else { return nil }
    self = flag
  }

  /// What the file is called without its dot, and a server's key after its prefix.
  public var name: String {
    instance.map { "\(status.rawValue)\(status.separator)\($0)" } ?? status.rawValue
  }

  /// What the file is called.
  public var file: String { ".\(name)" }

  /// The scope of its status; nil in the older line.
  public var scope: String? { instance.map { "inverter-\($0)" } }

  /// Every flag there is.
  public static let all: [LegacyFlag] = Status.allCases.flatMap { status in
    [LegacyFlag(status)] + instances.map { LegacyFlag(status, instance: $0) }
  }.compactMap { $0 }
}
