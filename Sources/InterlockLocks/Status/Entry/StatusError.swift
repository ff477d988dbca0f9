public import Interlock

/// Why a status was not changed, or could not be asked about.
public struct StatusError: Error, Sendable {
  /// What stood in the way.
  public enum Reason: Sendable {
    /// It is set already, for another `left` unless it is extended.
    case alreadySet(StatusEntry, left: Duration?)
    /// What was to be changed has ended; `now` is what there is instead.
    case notCurrent(now: StatusEntry?)
    /// It tells what an inverter is made to do, and was to be changed without the lock for that.
    case needsFence
    /// It was set under a greater fence.
    case fencedOut(current: Fence, mine: Fence?)
    /// It is not a name.
    case invalidName(LockError.NameFault)
    /// The options are out of their range.
    case invalidOption(String)
    /// So many statuses are set that no more may be.
    case full(count: Int)
    /// What is recorded in its place is no status; it is left as it is.
    case unusable(String)
    /// The board cannot be reached, or cannot do it now.
    case unavailable(String)
    /// The board may not be changed.
    case readOnly(String)
    /// This user may not.
    case notPermitted(String)
  }

  /// The name of the status; empty when it is about the whole board.
  public let name: String
  /// What stood in the way.
  public let reason: Reason

  /// An error about a status.
  public init(name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// An error about a status, or about the whole board.
  public init(_ key: StatusKey?, _ reason: Reason) {
    self.init(name: key.map { "\($0)" } ?? "", reason)
  }
}

extension StatusError: CustomStringConvertible {
  /// What happened, in numbers, and what to do.
  public var description: String {
    let subject = name.isEmpty ? "the status board" : "the status '\(Self.shortened(name))'"
    switch reason {
    case .alreadySet(let entry, let left):
      let rest = left.map { ", for another \($0.inSeconds)s" } ?? ""
      return "\(subject) is already set by \(entry.inWords)\(rest)"
    case .notCurrent(let now):
      guard let now else { return "\(subject) has ended already" }
      return "\(subject) has ended and was set again by \(now.inWords)"
    case .needsFence:
      return "\(subject) tells what an inverter is made to do: change it while holding the lock "
        + "'inverter_write', and give that lock's fence"
    case .fencedOut(let current, let mine):
      return "\(subject) was set under a later grant (fence \(current)); "
        + (mine.map { "the fence \($0) is too old" } ?? "give the fence of a newer one")
    case .invalidName(let fault):
      return "'\(Self.shortened(name))' is no name of a status: \(fault)"
    case .invalidOption(let fault): return "\(subject): \(fault)"
    case .full(let count):
      return "\(subject) cannot be set: \(count) are, and no more may be; clear some"
    case .unusable(let what): return "\(subject) cannot be read: \(what)"
    case .unavailable(let cause): return "\(subject) cannot be reached: \(cause)"
    case .readOnly(let place): return "\(subject) cannot be changed: \(place) is read-only"
    case .notPermitted(let cause): return "\(subject): \(cause)"
    }
  }

  /// A name of any length on a line.
  private static func shortened(_ name: String) -> String {
    let text = name.escapedForDisplay
    return text.count > 80 ? "\(text.prefix(60))… (\(name.utf8.count) bytes)" : text
  }
}

extension StatusEntry {
  /// Who set it, and why.
  var inWords: String {
    let text = owner.map { "\($0)" } ?? "another program"
    return reason.isEmpty ? text : "\(text) (\(reason.escapedForDisplay))"
  }
}
