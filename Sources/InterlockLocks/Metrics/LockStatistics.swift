/// What happened to locks of one class since the client was made.
public struct LockStatistics: Sendable, Hashable {
  /// Grants, at once or after waiting; nested ones are not counted.
  public internal(set) var acquired = 0
  /// Grants after waiting.
  public internal(set) var waited = 0
  /// Requests given up because their time was over.
  public internal(set) var timedOut = 0
  /// Requests given up because their task was cancelled.
  public internal(set) var cancelled = 0
  /// Requests given up to end a circle of waiting.
  public internal(set) var deadlocks = 0
  /// Leases lost, by reason: `expired`, `hold_limit`, `disconnected`, `revoked`, `stolen`, `backend_reset`.
  public internal(set) var lost: [String: Int] = [:]
  /// Locks taken by hand that were never given back, and were given back by their destruction.
  public internal(set) var leaked = 0
  /// Locks of others ended by force.
  public internal(set) var forced = 0
  /// Requests that failed: the backend could not be reached, or refused.
  public internal(set) var failed = 0
  /// Locks held now.
  public internal(set) var held = 0
  /// Waiting times of grants.
  public internal(set) var waitSeconds = LatencyHistogram()
  /// Times held.
  public internal(set) var holdSeconds = LatencyHistogram()
}
