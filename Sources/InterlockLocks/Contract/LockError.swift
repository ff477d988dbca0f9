public import Interlock

/// Why a lock was not obtained, or is a claim no longer, or could not be asked about.
///
/// A cancelled task throws `CancellationError` instead.
public struct LockError: Error, Sendable {
  /// What stood in the way.
  public enum Reason: Sendable {
    /// It was not obtained within `limit`; `holder` was in the way.
    case timedOut(limit: Duration, holder: LockHolder?)
    /// It was obtained, and lost before the body ended.
    case lost(LeaseLoss)
    /// Somebody asked for it, and the body ended for that.
    case yielded(by: String, reason: String)
    /// Each of these waits for the next, and the last for the first.
    case deadlock([DeadlockEdge])
    /// The caller has it in a mode that this request would wait for.
    case wouldDeadlock(held: LockMode)
    /// It is not a name.
    case invalidName(NameFault)
    /// It is in use under another limit or in a form that cannot be mixed with this one.
    case configurationMismatch(recorded: String, asked: String)
    /// Whoever decides cannot be reached, or cannot do it now.
    case unavailable(backend: String, cause: String)
    /// The token does not hold it.
    case notHolder(token: String?)
    /// It may not be changed.
    case readOnly(String)
    /// This user may not.
    case notPermitted(String)
    /// The guarded thing has seen a greater fence.
    case fencedOut(current: Fence, mine: Fence)
    /// What is recorded under its key is of another kind.
    case wrongType(String)
    /// The options do not go together, or are out of their range.
    case invalidOption(String)
    /// So many requests of this process wait already that no more may.
    case queueFull(waiting: Int)
  }

  /// What is wrong with a name.
  public enum NameFault: Sendable, Hashable {
    case empty
    case tooLong(bytes: Int)
    case hasNull
  }

  /// One edge of a circle of waiting.
  public struct DeadlockEdge: Sendable, Hashable {
    /// What is waited for.
    public var name: String
    /// Who waits.
    public var waiter: String
    /// What it is for.
    public var reason: String

    /// An edge.
    public init(name: String, waiter: String, reason: String) {
      self.name = name
      self.waiter = waiter
      self.reason = reason
    }
  }

  /// The lock's name.
  public let name: String
  /// What stood in the way.
  public let reason: Reason

  /// An error about a lock.
  public init(name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// An error about a lock.
  public init(_ name: LockName, _ reason: Reason) {
    self.init(name: name.text, reason)
  }
}

extension LockError: CustomStringConvertible {
  /// What happened, in numbers, and what to do.
  public var description: String {
    let lock = "'\(Self.shortened(name))'"
    switch reason {
    case .timedOut(let limit, let holder):
      let text = "Could not acquire lock for \(lock) within \(limit.inSeconds)s"
      guard let holder else { return text }
      return "\(text): it is held by \(holder.inWords)"
    case .lost(let loss): return "the lock \(lock) was lost: \(loss)"
    case .yielded(let by, let reason):
      return "the lock \(lock) was given up for \(by)\(reason.isEmpty ? "" : ": \(reason)")"
    case .deadlock(let edges):
      let circle = edges.map { edge in
        "\(edge.waiter)\(edge.reason.isEmpty ? "" : " [\(edge.reason)]") waits for '\(edge.name)'"
      }
      return "waiting for the lock \(lock) would never end: \(circle.joined(separator: ", "))"
    case .wouldDeadlock(let held):
      return
        "this task holds \(lock) \(held) and would wait for itself; upgrade it, or give it back first"
    case .invalidName(let fault):
      return "\(lock) is no name of a lock: \(fault)"
    case .configurationMismatch(let recorded, let asked):
      return
        "the lock \(lock) is in use as \(recorded), not as \(asked); use one of them everywhere"
    case .unavailable(let backend, let cause):
      return "the lock \(lock) cannot be reached at \(backend): \(cause)"
    case .notHolder(let token):
      return "the lock \(lock) is not held by \(token.map { "the token \($0)" } ?? "anybody")"
    case .readOnly(let place): return "the lock \(lock) may not be taken: \(place) is read-only"
    case .notPermitted(let cause): return "the lock \(lock) may not be taken: \(cause)"
    case .fencedOut(let current, let mine):
      return "the lock \(lock) was granted again since (fence \(current), ours is \(mine))"
    case .wrongType(let found):
      return "the lock \(lock) has a record of another kind: \(found); it is left as it is"
    case .invalidOption(let fault): return "the lock \(lock): \(fault)"
    case .queueFull(let waiting):
      return "the lock \(lock): \(waiting) requests wait already and no more may; try again later"
    }
  }

  /// A name of any length on a line.
  private static func shortened(_ name: String) -> String {
    let text = name.escapedForDisplay
    return text.count > 80 ? "\(text.prefix(60))… (\(name.utf8.count) bytes)" : text
  }
}

extension LockError.NameFault: CustomStringConvertible {
  /// What is wrong.
  public var description: String {
    switch self {
    case .empty: "it is empty; give it at least one byte"
    case .tooLong(let bytes): "it has \(bytes) bytes; \(LockName.longest) are the most"
    case .hasNull: "it contains U+0000; leave that out"
    }
  }
}

extension LockHolder {
  /// Who it is, for how long, and why.
  public var inWords: String {
    var text = owner.map { "\($0)" } ?? token.escapedForDisplay
    if let age { text += " for \(age.inSeconds)s" }
    if !reason.isEmpty { text += " (\(reason.escapedForDisplay))" }
    return text
  }
}

extension Duration {
  /// As the log lines have it: `30.0`, `0.5`.
  package var inSeconds: String {
    let tenths = (nanoseconds + 50_000_000) / 100_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
