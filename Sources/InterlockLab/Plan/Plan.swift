/// Which schedules an exploration tries.
public struct Plan: Sendable {
  /// How schedules are chosen.
  enum Method: Sendable, Hashable {
    case random
    case pct(depth: Int)
    case uniform
    case partialOrder
    case exhaustive(preemptions: Int?)
    case reduced(countsCompletions: Bool)
    case portfolio
    case mixed
  }

  /// Which schedules an exhaustive plan may leave out.
  public enum Reduction: Sendable, Hashable {
    /// None: right for any code.
    case none
    /// Those that differ from another only in the order of steps with nothing in common. Right only if all
    /// that tasks share is in actors, or reported by ``Lab/touch(_:_:)``, and if the order in which the
    /// results of a group arrive makes no difference.
    case isolation
    /// The same, but the order in which tasks end is tried as well: many more schedules.
    case isolationAndCompletion
  }

  var method: Method

  /// Real nanoseconds; nil when nothing may leave the lab.
  var outsideWait: Int64? {
    guard case .awaited(let limit) = outside else { return nil }
    return max(0, limit.wholeNanoseconds)
  }

  /// Why it cannot be run as it is; nil when it can.
  var contradiction: String? {
    guard schedules > 0 else {
      return "a plan of \(schedules) schedules explores nothing: give it one at least"
    }
    if case .reduced = method, syncPoints {
      return
        "a reduction does not know what happens between two sync points: leave out one of the two"
    }
    return nil
  }

  /// Whether its schedules depend on the seed.
  var isSeeded: Bool {
    switch method {
    case .random, .pct, .uniform, .partialOrder, .portfolio, .mixed: true
    case .exhaustive, .reduced: false
    }
  }

  /// How many schedules are tried, at most.
  public var schedules: Int
  /// The seed of schedule *i* is this plus *i*.
  public var seed: UInt64
  /// The most steps one schedule may take.
  public var steps = 20_000
  /// When virtual time goes on.
  public var time = TimePolicy.idle
  /// What may go wrong.
  public var faults = FaultPlan.none
  /// Whether a task may be interrupted in code that awaits nothing, where it has just given up a lock
  /// or calls ``Lab/syncPoint()``.
  ///
  /// Not with a reduction.
  public var syncPoints = false
  /// Whether an actor serves the jobs that wait for it in the order in which they came.
  ///
  /// The language promises no order, and the runtime's own is by priority: leave it off unless the code under test
  /// relies on the order it has today. A reduction tries all orders all the same.
  public var fifoActors = false
  /// How long a deadlock or a task left behind is given, in real time and before it is told, to be ended by a thread
  /// that was there before the run: then it is no deadlock, but an escape.
  ///
  /// It passes once for each failure that is told.
  public var wakeUpPatience = Duration.milliseconds(250)
  /// What becomes of a schedule that leaves the lab.
  public var outside = OutsidePolicy.refused
  /// Whether each failing schedule, and one in a hundred, is run twice and must go the same way.
  public var checkDeterminism = true
  /// Real time after which no further schedule is begun; nil for none.
  public var duration: Duration?
  /// What the body is called in replay strings; nil for the place where it is explored, such as `CacheTests.42`.
  ///
  /// Best are letters, digits, dots and dashes; other signs are written as %XX. Where one place explores several bodies,
  /// as in a function for many tests, name each plan: `INTERLOCK_LAB_REPLAY` is run by every exploration that has the
  /// name in it.
  public var name: String?
  /// Whether other explorations have its name and cannot have another, so that a schedule may be of any of them.
  package var sharesName = false

  /// What the body is called where no place is known.
  static let nameOfNone = "body"

  /// The plan with a name, that of the place unless it has one.
  func named(file: String, line: Int) -> Plan {
    var plan = self
    if name?.isEmpty != false { plan.name = PlaceName.of(file: file, line: line) }
    return plan
  }

  /// The seed of plans that name none.
  ///
  /// It is 0 where `CI` is set, and otherwise another in each process. A failure tells it.
  public static var defaultSeed: UInt64 { LabEnvironment.defaultSeed }

  /// A thousand schedules of ``portfolio(schedules:seed:)``.
  public static var `default`: Plan { .portfolio(schedules: 1000) }

  /// Every ready job is as likely as the others.
  ///
  /// Best for short bodies.
  public static func random(schedules: Int, seed: UInt64 = defaultSeed) -> Plan {
    Plan(method: .random, schedules: schedules, seed: seed)
  }

  /// No defect that a person would understand needs more events in order.
  static let deepest = 64

  /// Random priorities that change at `depth` − 1 points (Burckhardt et al., ASPLOS 2010).
  ///
  /// Best for a defect that needs few events in order, however long the body. A depth above 64 is 64.
  public static func pct(depth: Int, schedules: Int, seed: UInt64 = defaultSeed) -> Plan {
    Plan(
      method: .pct(depth: min(max(1, depth), deepest)), schedules: schedules, seed: seed)
  }

  /// Every interleaving about as likely as the others (Zhao et al., ASPLOS 2025).
  ///
  /// Best for a defect in which one task has to wait for long.
  public static func uniform(schedules: Int, seed: UInt64 = defaultSeed) -> Plan {
    Plan(method: .uniform, schedules: schedules, seed: seed)
  }

  /// Every partial order about as likely as the others (Yuan et al., CAV 2018).
  ///
  /// Best for many tasks on different actors.
  public static func partialOrder(schedules: Int, seed: UInt64 = defaultSeed) -> Plan {
    Plan(method: .partialOrder, schedules: schedules, seed: seed)
  }

  /// Every schedule with at most so many preemptions, nil for every schedule: what passes is proven.
  ///
  /// With ``Reduction/isolation`` preemptions are not counted: every kind of schedule is tried.
  public static func exhaustive(
    preemptions: Int?, limit: Int = 1_000_000, reduction: Reduction = .none
  ) -> Plan {
    let method: Method =
      switch reduction {
      case .none: .exhaustive(preemptions: preemptions)
      case .isolation: .reduced(countsCompletions: false)
      case .isolationAndCompletion: .reduced(countsCompletions: true)
      }
    return Plan(method: method, schedules: limit, seed: 0)
  }

  /// The schedule without preemptions, then all with one for a quarter of the budget unless faults are planned, then the others in
  /// turn: no single method is right for every body.
  public static func portfolio(schedules: Int, seed: UInt64 = defaultSeed) -> Plan {
    Plan(method: .portfolio, schedules: schedules, seed: seed)
  }

  /// The methods of ``portfolio(schedules:seed:)`` that depend on the seed, in turn: for its further parts, where it is
  /// divided among processes.
  public static func mixed(schedules: Int, seed: UInt64 = defaultSeed) -> Plan {
    Plan(method: .mixed, schedules: schedules, seed: seed)
  }
}
