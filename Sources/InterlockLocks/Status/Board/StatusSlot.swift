package import Interlock

/// What may become of one status: the rules that every board keeps, without IO.
///
/// It holds what is set at a time, and each step checks and changes it at once. Whoever stores it does so in the same
/// step that it read it in.
package struct StatusSlot: Sendable, Hashable {
  /// What is set; nil for nothing.
  package private(set) var entry: StatusEntry?
  private let now: StatusTime

  /// What is recorded, at `now`: a status that is over is none.
  package init(_ recorded: StatusEntry?, at now: StatusTime) {
    entry = recorded.flatMap { $0.isOver(at: now) ? nil : $0 }
    self.now = now
  }

  /// Sets it if it is not.
  ///
  /// - Throws: ``StatusError/Reason/alreadySet(_:left:)``.
  /// - Returns: what is set now.
  package mutating func begin(_ draft: StatusDraft) throws(StatusError) -> StatusEntry {
    if let entry {
      throw StatusError(
        draft.key, .alreadySet(entry, left: entry.until.map { now.duration(to: $0) }))
    }
    let begun = draft.entry(at: now)
    entry = begun
    return begun
  }

  /// Sets it, whatever was.
  ///
  /// - Throws: ``StatusError/Reason/fencedOut(current:mine:)``.
  /// - Returns: what is set now, and what it replaces.
  package mutating func set(
    _ draft: StatusDraft
  ) throws(StatusError) -> (entry: StatusEntry, replaced: StatusEntry?) {
    try checkFence(draft.fence, draft.key)
    let replaced = entry
    let set = draft.entry(at: now)
    entry = set
    return (set, replaced)
  }

  /// Lets it last `ttl` from now; never less long than it would.
  ///
  /// - Throws: ``StatusError``: it is not set, is another incarnation, or was set under a greater fence.
  /// - Returns: what is set now.
  package mutating func extend(
    _ key: StatusKey, id: String, ttl: Duration, fence: Fence?
  ) throws(StatusError) -> StatusEntry {
    guard var extended = entry, extended.id == id else {
      throw StatusError(key, .notCurrent(now: entry))
    }
    try checkFence(fence, key)
    if let until = extended.until { extended.until = max(until, now.advanced(by: ttl)) }
    extended.fence = fence ?? extended.fence
    entry = extended
    return extended
  }

  /// Ends one incarnation.
  ///
  /// - Throws: ``StatusError/Reason/fencedOut(current:mine:)``.
  /// - Returns: whether it was what is set.
  package mutating func end(
    _ key: StatusKey, id: String, fence: Fence?
  ) throws(StatusError) -> Bool {
    guard let current = entry, current.id == id else { return false }
    try checkFence(fence, key)
    entry = nil
    return true
  }

  /// Ends whatever is set.
  ///
  /// - Returns: what was.
  package mutating func clear() -> StatusEntry? {
    defer { entry = nil }
    return entry
  }

  /// What was set under a fence is changed only under one that is not older.
  private func checkFence(_ mine: Fence?, _ key: StatusKey) throws(StatusError) {
    guard let current = entry?.fence else { return }
    guard let mine, mine >= current else {
      throw StatusError(key, .fencedOut(current: current, mine: mine))
    }
  }
}
