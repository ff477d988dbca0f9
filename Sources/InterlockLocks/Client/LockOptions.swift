public import Interlock

/// How a lock is asked for and kept.
public struct LockOptions: Sendable, Hashable {
  /// The shortest term.
  public static let leastTerm = Duration.milliseconds(100)
  /// The largest number of bytes of a reason.
  public static let longestReason = 200

  /// How long a grant lasts unless it is renewed, where grants end by time.
  public var term: Duration
  /// Whether it is renewed.
  public var renewal: LeaseMachine.Renewal
  /// What it is for; shown to others, at most 200 bytes.
  public var reason: String
  /// A fence that the guarded thing has seen: that of the grant will be greater.
  public var fenceFloor: Fence?
  /// Whether a task that holds the lock gets it again at once; otherwise it would wait for itself, and is told so.
  public var isReentrant: Bool
  /// Whether a circle of waiting is looked for.
  public var checksForDeadlocks: Bool

  /// The usual: a term of 30 s, renewed for as long as the lock is held.
  public init(
    term: Duration = .seconds(30), renewal: LeaseMachine.Renewal = .automatic, reason: String = "",
    fenceFloor: Fence? = nil, isReentrant: Bool = true, checksForDeadlocks: Bool = true
  ) {
    self.term = term
    self.renewal = renewal
    self.reason = reason
    self.fenceFloor = fenceFloor
    self.isReentrant = isReentrant
    self.checksForDeadlocks = checksForDeadlocks
  }

  /// What is out of its range; nil when nothing is.
  func fault(mode: LockMode, timeout: Duration?) -> String? {
    if term < Self.leastTerm {
      return "a term of \(term) is too short to be renewed; \(Self.leastTerm) is the least"
    }
    if case .upTo(let total) = renewal, total <= .zero {
      return "it cannot be held for \(total); give a longer time"
    }
    if reason.utf8.count > Self.longestReason {
      return "the reason has \(reason.utf8.count) bytes; \(Self.longestReason) are the most"
    }
    if let timeout, timeout < .zero { return "it cannot be waited for \(timeout)" }
    if case .permits(let count, let limit) = mode {
      guard 1...LockMode.mostPermits ~= limit, 1...limit ~= count else {
        return "\(count) of \(limit) permits cannot be held; ask for 1 to \(limit)"
      }
    }
    return nil
  }
}
