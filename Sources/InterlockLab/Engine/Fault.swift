/// Something that goes wrong at one point of a run.
enum Fault: Sendable, Hashable {
  /// The task is cancelled before the step.
  case cancel(step: Int, task: Int32)
  /// Nothing of the process runs from the step on.
  case crash(step: Int, process: String)
  /// `Lab.fault(_:)` throws, the `visit`-th time it is called with the label, from 1.
  case error(label: String, visit: Int)

  /// The step before which it happens; nil when it has none.
  var step: Int? {
    switch self {
    case .cancel(let step, _), .crash(let step, _): step
    case .error: nil
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
