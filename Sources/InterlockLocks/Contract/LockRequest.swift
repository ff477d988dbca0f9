public import Interlock

/// What a client asks a backend for.
public struct LockRequest: Sendable {
  /// What is to be locked.
  public var name: LockName
  /// How.
  public var mode: LockMode
  /// What the request and its grant go by.
  public var token: LockToken
  /// How long a grant lasts unless it is renewed; a backend whose grants end with their process ignores it.
  public var term: Duration
  /// Whether to stand in line when it is held; otherwise it is refused at once.
  public var waits: Bool
  /// A fence that the guarded thing has seen; that of the grant will be greater.
  public var floor: Fence?
  /// Shown to others.
  public var reason: String

  /// Asks for a lock.
  public init(
    _ name: LockName, _ mode: LockMode = .exclusive, token: LockToken,
    term: Duration = .seconds(30), waits: Bool = true, floor: Fence? = nil, reason: String = ""
  ) {
    self.name = name
    self.mode = mode
    self.token = token
    self.term = term
    self.waits = waits
    self.floor = floor
    self.reason = reason
  }
}
