public import Interlock
public import InterlockWire

/// A board of statuses: what goes on, whose it is, and when it ends.
///
/// A status is not a lock. Setting it excludes nobody and losing it breaks nothing; it tells others that something goes
/// on, and it must not get stuck: each has an end, at most an hour away unless its owner says otherwise.
///
/// ```swift
/// let status = try await board.begin(
///   "FCRunning", scope: "inverter-1", ttl: .seconds(1800), reason: "force charge",
///   payload: ["job": "7c1e"], fence: lease.fence)
/// try await board.extend(status, ttl: .seconds(600))
/// try await board.end(status)
/// ```
///
/// What tells of an inverter, the four flags of ``LegacyFlag``, is changed while holding the lock `inverter_write`:
/// `begin` and `set` take that lock's fence and record it, and who comes with an older one is refused.
///
/// *Cancellation:* a change once begun is finished.
public final class StatusBoard: Sendable {
  /// What a board tells that nobody asked for.
  public enum Notice: Sendable {
    /// A status was cleared by somebody who did not set it.
    case cleared(StatusEntry, by: LockOwner)
  }

  let backend: any StatusBackend
  private let session: LockSession
  private let notice: @Sendable (Notice) -> Void

  /// Opens a board.
  ///
  /// - Parameters:
  ///   - backend: Where it is recorded.
  ///   - session: Who this process is; what it sets goes by its tokens.
  ///   - notice: Told what belongs into a log; it does not block.
  public init(
    _ backend: any StatusBackend, session: LockSession,
    notice: @escaping @Sendable (Notice) -> Void = { _ in }
  ) {
    self.backend = backend
    self.session = session
    self.notice = notice
  }

  /// Sets a status that is not set.
  ///
  /// - Parameters:
  ///   - name: Which.
  ///   - scope: Where it lies; nil for none.
  ///   - ttl: How long it lasts; 1 s to 366 days.
  ///   - reason: Shown to others; at most 200 bytes.
  ///   - payload: What is to be found again; at most 4096 bytes as JSON.
  ///   - fence: That of the lock it is set under.
  /// - Throws: ``StatusError``, with ``StatusError/Reason/alreadySet(_:left:)`` when it is set.
  /// - Returns: the status, to be extended and ended by.
  @discardableResult
  public func begin(
    _ name: StatusName, scope: StatusName? = nil, ttl: Duration = StatusDraft.usual,
    reason: String = "", payload: JSONObject = [:], fence: Fence? = nil
  ) async throws(StatusError) -> StatusEntry {
    try await backend.begin(
      try draft(StatusKey(name, scope: scope), ttl, reason, payload, fence))
  }

  /// Sets a status, whatever was: what it replaces is returned, so that what that one had to restore is not lost.
  ///
  /// - Parameters:
  ///   - name: Which.
  ///   - scope: Where it lies; nil for none.
  ///   - ttl: How long it lasts; 1 s to 366 days.
  ///   - reason: Shown to others; at most 200 bytes.
  ///   - payload: What is to be found again; at most 4096 bytes as JSON.
  ///   - fence: That of the lock it is set under.
  /// - Throws: ``StatusError``, with ``StatusError/Reason/fencedOut(current:mine:)`` for an older fence.
  /// - Returns: the status, and what it replaces.
  @discardableResult
  public func set(
    _ name: StatusName, scope: StatusName? = nil, ttl: Duration = StatusDraft.usual,
    reason: String = "", payload: JSONObject = [:], fence: Fence? = nil
  ) async throws(StatusError) -> (entry: StatusEntry, replaced: StatusEntry?) {
    try await backend.set(try draft(StatusKey(name, scope: scope), ttl, reason, payload, fence))
  }

  /// Lets a status last for at least `ttl` from now.
  ///
  /// - Parameters:
  ///   - status: As it was begun; another incarnation is left alone.
  ///   - ttl: How long; 1 s to 366 days.
  ///   - fence: That of the lock it is changed under; nil for the one it was begun under.
  /// - Throws: ``StatusError``, with ``StatusError/Reason/notCurrent(now:)`` when it has ended.
  /// - Returns: the status as it is now.
  @discardableResult
  public func extend(
    _ status: StatusEntry, ttl: Duration, fence: Fence? = nil
  ) async throws(StatusError) -> StatusEntry {
    try StatusDraft.check(ttl: ttl, of: status.key)
    return try await backend.extend(
      status.key, id: status.id, ttl: ttl, fence: fence ?? status.fence)
  }

  /// Ends a status; another incarnation of it is left alone.
  ///
  /// - Parameters:
  ///   - status: As it was begun.
  ///   - fence: That of the lock it is changed under; nil for the one it was begun under.
  /// - Throws: ``StatusError``, with ``StatusError/Reason/fencedOut(current:mine:)`` for an older fence.
  /// - Returns: whether it was still set.
  @discardableResult
  public func end(
    _ status: StatusEntry, fence: Fence? = nil
  ) async throws(StatusError) -> Bool {
    try await end(status.key, id: status.id, fence: fence ?? status.fence)
  }

  /// Ends one incarnation of a status.
  ///
  /// - Parameters:
  ///   - key: Which status.
  ///   - id: The incarnation.
  ///   - fence: That of the lock it is changed under.
  /// - Throws: ``StatusError``, with ``StatusError/Reason/fencedOut(current:mine:)`` for an older fence.
  /// - Returns: whether it was still set.
  @discardableResult
  public func end(
    _ key: StatusKey, id: String, fence: Fence?
  ) async throws(StatusError) -> Bool {
    try await backend.end(key, id: id, fence: fence)
  }

  /// Ends whatever is set, and removes what is recorded in its place and makes no sense.
  ///
  /// - Throws: ``StatusError``.
  /// - Returns: what was set.
  @discardableResult
  public func clear(
    _ name: StatusName, scope: StatusName? = nil
  ) async throws(StatusError) -> StatusEntry? {
    let cleared = try await backend.clear(StatusKey(name, scope: scope))
    if let cleared { notice(.cleared(cleared, by: session.owner)) }
    return cleared
  }

  /// Whether a status is set.
  ///
  /// - Throws: ``StatusError`` when that cannot be told.
  public func isSet(
    _ name: StatusName, scope: StatusName? = nil
  ) async throws(StatusError) -> Bool {
    try await get(name, scope: scope) != nil
  }

  /// What is set.
  ///
  /// - Throws: ``StatusError`` when that cannot be told.
  /// - Returns: the entry; nil when the status is not set.
  public func get(
    _ name: StatusName, scope: StatusName? = nil
  ) async throws(StatusError) -> StatusEntry? {
    try await backend.entry(StatusKey(name, scope: scope))
  }

  /// Everything that is set in a scope, or at all for nil, by scope and name.
  ///
  /// - Throws: ``StatusError`` when it cannot be read.
  /// - Returns: the entries.
  public func list(scope: StatusName? = nil) async throws(StatusError) -> [StatusEntry] {
    try await backend.entries(in: scope)
  }

  /// What begins, changes and ends from now on in a scope, or at all for nil; first what is set now.
  public func watch(scope: StatusName? = nil) -> StatusWatch {
    StatusWatch(backend: backend, scope: scope)
  }

  /// Which statuses are cleared together.
  public enum Clearing: Sendable, Hashable {
    /// Those whose owner is known to be gone: for when a program starts.
    case stale
    /// All.
    case everything
  }

  /// Clears the statuses of a scope, or of the whole board for nil.
  ///
  /// Each is cleared in a step of its own; one that was replaced meanwhile stays.
  ///
  /// - Parameters:
  ///   - scope: Where they lie.
  ///   - clearing: Which of them.
  /// - Throws: ``StatusError``; those before are cleared.
  /// - Returns: what was cleared.
  @discardableResult
  public func clearAll(
    scope: StatusName? = nil, _ clearing: Clearing = .stale
  ) async throws(StatusError) -> [StatusEntry] {
    var cleared: [StatusEntry] = []
    for entry in try await backend.entries(in: scope)
    where clearing == .everything || entry.isStale {
      guard try await backend.end(entry.key, id: entry.id, fence: entry.fence) else { continue }
      notice(.cleared(entry, by: session.owner))
      cleared.append(entry)
    }
    return cleared
  }

  private func draft(
    _ key: StatusKey, _ ttl: Duration, _ reason: String, _ payload: JSONObject, _ fence: Fence?
  ) throws(StatusError) -> StatusDraft {
    try StatusDraft(
      key, id: session.nextToken().text, owner: session.owner, ttl: ttl, reason: reason,
      payload: payload, fence: fence)
  }
}
