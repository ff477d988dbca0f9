public import Interlock

/// Something that a client says of a lock, for one sink.
public struct LockLogEntry: Sendable {
  /// How much it matters.
  public enum Level: Sendable, Hashable {
    case debug
    case warning
    case error
  }

  /// How much it matters.
  public var level: Level
  /// What happened; names are escaped.
  public var message: String
  /// The fence of the grant, where there is one.
  public var fence: Fence?
  /// The token of the grant or request.
  public var token: String?
  /// How long a grant lasts unless it is renewed.
  public var term: Duration?
}

extension LockLogEntry: CustomStringConvertible {
  /// The message and what belongs to it, as `fence=… owner=… ttl=…`.
  public var description: String {
    var text = message
    if let fence { text += " fence=\(fence)" }
    if let token { text += " owner=\(token)" }
    if let term { text += " ttl=\(term.inSeconds)" }
    return text
  }
}
