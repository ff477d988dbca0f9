/// How one run of a body ended.
public enum Outcome: Sendable, Hashable {
  /// The body returned, and so did every task it made.
  case passed
  /// A check failed, an invariant broke or the body threw: the message.
  case failed(String)
  /// Nothing can run any more, and the body has not returned.
  case deadlock([UnfinishedTask])
  /// The body returned, and some task never will.
  case leaked([UnfinishedTask])
  /// More steps were taken than the plan allows.
  case stepLimit(Int)
  /// The same, and the last steps did nothing but repeat: the tasks of one turn. Told only of a body that says what
  /// its state is, by ``Lab/fingerprint(_:)``.
  case livelock(steps: Int, cycle: [String])
  /// Work left for where the lab cannot follow: what was called, and the task that did.
  case escaped(function: String, task: String)
  /// The lab cannot explore in this process: the reason.
  case notInControl(String)
  /// The schedule asked for something that was not there.
  case diverged(String)

  /// Whether it is the outcome of correct code.
  public var isPassed: Bool { self == .passed }

  /// Whether it says something of the body, not of how it was explored.
  public var isOfTheBody: Bool {
    switch self {
    case .passed, .failed, .deadlock, .leaked, .stepLimit, .livelock: true
    case .escaped, .notInControl, .diverged: false
    }
  }

  /// Whether it took more steps than it may.
  var isEndless: Bool {
    switch self {
    case .stepLimit, .livelock: true
    default: false
    }
  }

  /// What kind of failure it is.
  var kind: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .deadlock: "deadlock"
    case .leaked: "leaked"
    case .stepLimit, .livelock: "step limit"
    case .escaped: "escaped"
    case .notInControl: "not in control"
    case .diverged: "diverged"
    }
  }
}

/// A task that did not finish, and what it waits for.
public struct UnfinishedTask: Sendable, Hashable, CustomStringConvertible {
  /// Its name, or its number as `T3`.
  public let task: String
  /// What it waits for, as far as the runtime tells.
  public let waitsFor: String
  /// The step since which it has not run, by the number in the trace; 0 when it never has.
  public let since: Int
  /// The functions it stands in, innermost first: the last few, as far as the program has symbols.
  ///
  /// Told only with a trace.
  public let functions: [String]

  /// Two are the same when the same task waits for the same since the same step: the functions around a body are
  /// others in a replay.
  public static func == (left: UnfinishedTask, right: UnfinishedTask) -> Bool {
    (left.task, left.waitsFor, left.since) == (right.task, right.waitsFor, right.since)
  }

  /// Mixes in what counts.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(task)
    hasher.combine(waitsFor)
    hasher.combine(since)
  }

  /// What a reader is told.
  public var description: String {
    guard since > 0 else { return "\(task) never ran" }
    let place = functions.isEmpty ? "" : ", in \(functions.joined(separator: " ← "))"
    return "\(task) waits for \(waitsFor) since step \(since)\(place)"
  }
}

extension Outcome: CustomStringConvertible {
  /// What a reader is told.
  public var description: String {
    switch self {
    case .passed: "passed"
    case .failed(let message): message
    case .deadlock(let tasks): "deadlock: \(Self.list(tasks))"
    case .leaked(let tasks): "left behind: \(Self.list(tasks))"
    case .stepLimit(let steps): "not finished after \(steps) steps"
    case .livelock(let steps, let cycle):
      "livelock: not finished after \(steps) steps, the last of which repeat \(Self.turn(cycle)) and change nothing"
    case .escaped(let function, let task):
      "\(task) left the lab through \(function): what runs there is not controlled, so no schedule "
        + "could be repeated. Put it behind a protocol and give the lab one that stays inside"
    case .notInControl(let reason): reason
    case .diverged(let difference): "the run took another way than the schedule: \(difference)"
    }
  }

  private static func turn(_ cycle: [String]) -> String {
    cycle.count == 1
      ? "one of \(cycle[0])" : "\(cycle.count) steps (\(cycle.joined(separator: ", ")))"
  }

  private static func list(_ tasks: [UnfinishedTask]) -> String {
    tasks.map(\.description).joined(separator: "; ")
  }
}
