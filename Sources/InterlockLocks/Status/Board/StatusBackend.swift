public import Interlock

/// Where statuses are recorded: a table in this process, files, a server.
///
/// Each call is one step for everybody who shares the board: no other change comes between what it reads and what it
/// writes. What is over is not set. A question that cannot be answered throws; it is never answered with "not set".
///
/// *Cancellation:* a change once begun is finished.
public protocol StatusBackend: AnyObject, Sendable {
  /// What errors and listings call it: the URL it was made of, without secrets.
  var title: String { get }
  /// What waiting is measured by.
  var clock: any MonotonicClock { get }

  /// Sets a status that is not set.
  ///
  /// - Throws: ``StatusError``, with ``StatusError/Reason/alreadySet(_:left:)`` when it is.
  /// - Returns: what is set now.
  func begin(_ draft: StatusDraft) async throws(StatusError) -> StatusEntry

  /// Sets a status, whatever was.
  ///
  /// - Throws: ``StatusError``, with ``StatusError/Reason/fencedOut(current:mine:)`` for an older fence.
  /// - Returns: what is set now, and what it replaces.
  func set(
    _ draft: StatusDraft
  ) async throws(StatusError) -> (entry: StatusEntry, replaced: StatusEntry?)

  /// Lets one incarnation last for at least `ttl` from now.
  ///
  /// - Throws: ``StatusError``, with ``StatusError/Reason/notCurrent(now:)`` when it has ended.
  /// - Returns: what is set now.
  func extend(
    _ key: StatusKey, id: String, ttl: Duration, fence: Fence?
  ) async throws(StatusError) -> StatusEntry

  /// Ends one incarnation.
  ///
  /// - Throws: ``StatusError``, with ``StatusError/Reason/fencedOut(current:mine:)`` for an older fence.
  /// - Returns: whether it was still set.
  func end(_ key: StatusKey, id: String, fence: Fence?) async throws(StatusError) -> Bool

  /// Removes whatever is recorded, also what makes no sense.
  ///
  /// - Throws: ``StatusError``.
  /// - Returns: what was set.
  func clear(_ key: StatusKey) async throws(StatusError) -> StatusEntry?

  /// What is set.
  ///
  /// - Throws: ``StatusError`` when it cannot be read.
  /// - Returns: the entry; nil when the status is not set.
  func entry(_ key: StatusKey) async throws(StatusError) -> StatusEntry?

  /// Everything that is set in a scope, or at all for nil, by scope and name.
  ///
  /// - Throws: ``StatusError`` when it cannot be read.
  /// - Returns: the entries.
  func entries(in scope: StatusName?) async throws(StatusError) -> [StatusEntry]

  /// Tells one watcher when to look.
  ///
  /// - Throws: ``StatusError`` when changes cannot be heard of.
  func makeFeed() async throws(StatusError) -> any StatusFeed

  /// Lets go of threads and connections; statuses stay.
  func close() async
}

/// Tells one watcher that something may have changed.
public protocol StatusFeed: AnyObject, Sendable {
  /// Waits until something may have changed since the last call, or `deadline` has come.
  ///
  /// - Throws: `CancellationError`; ``StatusError`` when changes cannot be heard of any more.
  func wait(until deadline: Instant) async throws
}

extension StatusEntry {
  /// Whether it comes first in a listing.
  package static func isListedFirst(_ left: StatusEntry, _ right: StatusEntry) -> Bool {
    let (one, other) = (left.scope?.text ?? "", right.scope?.text ?? "")
    return one == other ? left.name.text < right.name.text : one < other
  }
}
