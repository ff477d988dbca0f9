public import Interlock
public import InterlockWire

/// A status that is set: what goes on, whose it is, and when it ends.
///
/// It excludes nobody and guards nothing; it only tells.
public struct StatusEntry: Sendable, Hashable {
  /// What names this incarnation: a status that ended and began again has another.
  public var id: String
  /// Which status.
  public var key: StatusKey
  /// Who set it; nil when nobody knows, as for a flag of a legacy program.
  public var owner: LockOwner?
  /// When it began.
  public var since: StatusTime
  /// When it ends unless it is extended; nil only where another program recorded no end.
  public var until: StatusTime?
  /// What it is for; empty when it said nothing.
  public var reason: String
  /// What its owner wants to find again; for a flag of the legacy programs, `job` is the job that restores.
  public var payload: JSONObject
  /// The fence it was last changed under; nil when under none.
  public var fence: Fence?
  /// Whether its owner was known to be gone when it was read; it is not recorded.
  public var isStale: Bool

  /// A status.
  public init(
    id: String, key: StatusKey, owner: LockOwner?, since: StatusTime, until: StatusTime?,
    reason: String = "", payload: JSONObject = [:], fence: Fence? = nil, isStale: Bool = false
  ) {
    self.id = id
    self.key = key
    self.owner = owner
    self.since = since
    self.until = until
    self.reason = reason
    self.payload = payload
    self.fence = fence
    self.isStale = isStale
  }

  /// Its name within its scope.
  public var name: StatusName { key.name }
  /// The scope it lies in; nil for none.
  public var scope: StatusName? { key.scope }

  /// Whether it has ended at `now`.
  public func isOver(at now: StatusTime) -> Bool { until.map { $0 <= now } ?? false }

  /// The job that restores what was before, as the legacy programs record it.
  public var job: String? { payload["job"]?.string }
}
