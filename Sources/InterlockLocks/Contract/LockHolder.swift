public import Interlock

/// Who holds a lock.
public struct LockHolder: Sendable, Hashable {
  /// What names the grant where it is recorded.
  public var token: String
  /// Whose it is; nil when the token does not tell.
  public var owner: LockOwner?
  /// How it is held.
  public var mode: LockMode
  /// The fence of the grant; nil when none is recorded, as for a holder of other software.
  public var fence: Fence?
  /// For how long it is held; nil when nobody knows.
  public var age: Duration?
  /// Until it ends unless renewed; nil when it does not end by time.
  public var left: Duration?
  /// What it said it does; empty when it said nothing.
  public var reason: String
  /// Whether its process is there; nil when it cannot be told from here.
  public var isAlive: Bool?

  /// A holder.
  public init(
    token: String, owner: LockOwner?, mode: LockMode, fence: Fence? = nil, age: Duration? = nil,
    left: Duration? = nil, reason: String = "", isAlive: Bool? = nil
  ) {
    self.token = token
    self.owner = owner
    self.mode = mode
    self.fence = fence
    self.age = age
    self.left = left
    self.reason = reason
    self.isAlive = isAlive
  }
}

/// Who waits for a lock.
public struct LockWaiter: Sendable, Hashable {
  /// What names the request where it is recorded.
  public var token: String
  /// Whose it is; nil when the token does not tell.
  public var owner: LockOwner?
  /// How it would be held.
  public var mode: LockMode
  /// For how long it waits; nil when nobody knows.
  public var age: Duration?
  /// What it is for; empty when it said nothing.
  public var reason: String
  /// Whether its process is there; nil when it cannot be told from here.
  public var isAlive: Bool?

  /// A waiter.
  public init(
    token: String, owner: LockOwner?, mode: LockMode, age: Duration? = nil, reason: String = "",
    isAlive: Bool? = nil
  ) {
    self.token = token
    self.owner = owner
    self.mode = mode
    self.age = age
    self.reason = reason
    self.isAlive = isAlive
  }
}

/// One lock, as it is recorded.
public struct LockRecord: Sendable, Hashable {
  /// Which.
  public var name: LockName
  /// Who holds it.
  public var holders: [LockHolder]
  /// Who waits, in line.
  public var waiters: [LockWaiter]
  /// The last fence that was given; nil when none is recorded.
  public var fence: Fence?

  /// A lock.
  public init(
    name: LockName, holders: [LockHolder] = [], waiters: [LockWaiter] = [], fence: Fence? = nil
  ) {
    self.name = name
    self.holders = holders
    self.waiters = waiters
    self.fence = fence
  }

  /// Whether nobody holds it or waits for it.
  public var isIdle: Bool { holders.isEmpty && waiters.isEmpty }
}
