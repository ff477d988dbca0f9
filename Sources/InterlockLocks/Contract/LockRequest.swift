public import Interlock

/// What a client asks a backend for.
///
/// One object, which whoever stands in line shares with who asked.
public final class LockRequest: Sendable {
  /// What is to be locked.
  public let name: LockName
  /// How.
  public let mode: LockMode
  /// What the request and its grant go by.
  public let token: LockToken
  /// How long a grant lasts unless it is renewed; a backend whose grants end with their process ignores it.
  public let term: Duration
  /// Whether to stand in line when it is held; otherwise it is refused at once.
  public let waits: Bool
  /// A fence that the guarded thing has seen; that of the grant will be greater.
  public let floor: Fence?
  /// Shown to others.
  public let reason: String
  /// When it was asked for, by the backend's clock; nil when nobody looked.
  public let asked: Instant?

  /// Asks for a lock.
  public init(
    _ name: LockName, _ mode: LockMode = .exclusive, token: LockToken,
    term: Duration = .seconds(30), waits: Bool = true, floor: Fence? = nil, reason: String = "",
    asked: Instant? = nil
  ) {
    self.name = name
    self.mode = mode
    self.token = token
    self.term = term
    self.waits = waits
    self.floor = floor
    self.reason = reason
    self.asked = asked
  }
}
