internal import Glibc

/// What the environment says of every exploration of the process.
struct LabEnvironment: Sendable, Hashable {
  /// A variable has a value it cannot have.
  struct Misset: Error, Hashable, CustomStringConvertible {
    let description: String
  }

  static let seedVariable = "INTERLOCK_LAB_SEED"
  static let schedulesVariable = "INTERLOCK_LAB_SCHEDULES"
  static let replayVariable = "INTERLOCK_LAB_REPLAY"

  private(set) var seed: UInt64?
  private(set) var schedules: Int?
  /// The one schedule to run, by the explorations that have its name.
  private(set) var replay: NamedSchedule?

  /// That of the process, read once.
  static let process = Result { () throws(Misset) in
    try LabEnvironment { name in unsafe getenv(name).map { unsafe String(cString: $0) } }
  }

  /// - Parameter value: What a variable is set to, if it is.
  /// - Throws: when that cannot be.
  init(_ value: (String) -> String?) throws(Misset) {
    if let text = value(Self.seedVariable) {
      guard let number = UInt64(text) else {
        throw Self.misset(Self.seedVariable, text, "a number from 0 to \(UInt64.max) is needed")
      }
      seed = number
    }
    if let text = value(Self.schedulesVariable) {
      guard let number = Int(text), number > 0 else {
        throw Self.misset(Self.schedulesVariable, text, "a number above 0 is needed")
      }
      schedules = number
    }
    if let text = value(Self.replayVariable) {
      do { replay = try NamedSchedule(parsing: text) } catch {
        throw Misset(description: "\(Self.replayVariable): \(error)")
      }
    }
  }

  private static func misset(_ name: String, _ text: String, _ need: String) -> Misset {
    Misset(description: "\(name) is \"\(text)\": \(need)")
  }

  /// The plan as the environment wants it.
  func applied(to plan: Plan) -> Plan {
    var plan = plan
    if let seed { plan.seed = seed }
    if let schedules { plan.schedules = schedules }
    return plan
  }

  /// Whether the environment says that nobody looks on: the convention of the usual services.
  static func saysIntegration(_ value: (String) -> String?) -> Bool {
    guard let text = value("CI") else { return false }
    return !["", "0", "false"].contains(text)
  }

  /// The seed of plans that name none.
  ///
  /// It is the same in every run of a continuous integration, where a failure must be one of the change; another in
  /// each process elsewhere, so that much running finds more.
  static let defaultSeed: UInt64 = {
    let isFixed = saysIntegration { name in unsafe getenv(name).map { unsafe String(cString: $0) } }
    // Short enough to be typed.
    return isFixed ? 0 : UInt64(UInt32.random(in: 0...UInt32.max))
  }()
}
