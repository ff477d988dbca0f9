/// What happened at a mutex or a semaphore since it was made, and how things stand.
public struct AdmissionStatistics: Sendable, Hashable {
  /// Requests that were admitted, at once or after waiting.
  public internal(set) var admitted = 0
  /// Requests that were admitted after waiting.
  public internal(set) var waited = 0
  /// Requests given up by cancellation while they waited.
  public internal(set) var cancelled = 0
  /// Requests given up because their deadline passed while they waited.
  public internal(set) var expired = 0
  /// Requests refused because too many were waiting already.
  public internal(set) var refused = 0
  /// The largest number that ever waited at once.
  public internal(set) var longestQueue = 0
  /// Requests that wait now.
  public internal(set) var waiting = 0
  /// Permits held now; a mutex has one.
  public internal(set) var inUse = 0
}
