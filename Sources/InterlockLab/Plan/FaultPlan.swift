/// What may go wrong in a schedule, and how often.
///
/// A plan that tries schedules by chance puts each fault at a random place, from the second schedule on. An
/// exhaustive one tries every place, one fault at a time. Faults are part of the replay string.
public struct FaultPlan: Sendable, Hashable {
  /// Nothing goes wrong.
  public static let none = FaultPlan()
  /// One task is cancelled before one step.
  public static let cancelAnywhere = FaultPlan(cancellations: 1)
  /// One process of ``Lab/process(_:_:)`` crashes before one step.
  public static let crashAnywhere = FaultPlan(crashes: 1)
  /// One call of ``Lab/fault(_:)`` throws.
  public static let failAnywhere = FaultPlan(errors: 1)
  /// One call of ``Lab/fault(_:)`` takes up to a minute.
  public static let delayAnywhere = FaultPlan(delays: 1)

  /// Tasks that are cancelled in a schedule.
  public var cancellations: Int
  /// Processes that crash.
  public var crashes: Int
  /// Calls of ``Lab/fault(_:)`` that throw.
  public var errors: Int
  /// Calls of ``Lab/fault(_:)`` that take long.
  public var delays: Int
  /// The longest they take.
  ///
  /// By chance every order of magnitude from a millisecond is as likely; an exhaustive plan tries this one.
  public var longestDelay = Duration.seconds(60)
  /// What goes wrong in every schedule, besides.
  public var always: [Fault] = []

  /// So many of each.
  public init(cancellations: Int = 0, crashes: Int = 0, errors: Int = 0, delays: Int = 0) {
    self.cancellations = cancellations
    self.crashes = crashes
    self.errors = errors
    self.delays = delays
  }
}
