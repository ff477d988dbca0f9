/// Which schedules an exploration tries.
public struct Plan: Sendable {
  /// How schedules are chosen.
  enum Method: Sendable, Hashable {
    case random
  }

  var method: Method
  /// How many schedules are tried, at most.
  public var schedules: Int
  /// The seed of schedule *i* is this plus *i*: each can be repeated alone.
  public var seed: UInt64
  /// The most steps one schedule may take.
  public var steps = 20_000
  /// What the body is called in replay strings: letters, digits, dots and dashes.
  public var name = "body"

  /// Every ready job is as likely as the others. Best for short bodies.
  public static func random(schedules: Int, seed: UInt64 = 0) -> Plan {
    Plan(method: .random, schedules: schedules, seed: seed)
  }
}
