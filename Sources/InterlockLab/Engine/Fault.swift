/// Something that goes wrong at one point of a run.
public enum Fault: Sendable, Hashable {
  /// The task is cancelled before the step; both are numbers of the trace, the step one less.
  case cancel(step: Int, task: Int32)
  /// Nothing of the process runs from the step on.
  case crash(step: Int, process: String)
  /// ``Lab/fault(_:)`` throws, the `visit`-th time it is called with the label, from 1.
  case error(label: String, visit: Int)
  /// The same takes so long instead, in virtual time.
  case delay(label: String, visit: Int, milliseconds: Int)

  /// Milliseconds; a hundred years.
  static let longestDelay = 3_155_760_000_000

  /// The step before which it happens; nil when it has none.
  var step: Int? {
    switch self {
    case .cancel(let step, _), .crash(let step, _): step
    case .error, .delay: nil
    }
  }
}

/// What ``Lab/fault(_:)`` throws.
public struct InjectedFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where it was thrown.
  public let label: String

  /// What a reader is told.
  public var description: String { "the lab let \(label) fail" }
}
