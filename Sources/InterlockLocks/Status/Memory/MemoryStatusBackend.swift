public import Interlock

/// A board of this process alone: for tests, and for programs that are one process.
public final class MemoryStatusBackend: StatusBackend {
  /// The most statuses that may be set.
  public static let capacity = 4096

  /// What it is called.
  public let title = "memory:"
  /// What waiting is measured by.
  public let clock: any MonotonicClock

  private struct State {
    var entries: [StatusKey: StatusEntry] = [:]
    var bells: [ObjectIdentifier: Doorbell] = [:]
  }

  private let state = Guarded(State())
  private let now: @Sendable () -> StatusTime

  /// An empty board.
  ///
  /// - Parameters:
  ///   - clock: What waiting is measured by.
  ///   - now: The time of day.
  public init(clock: any MonotonicClock, now: @escaping @Sendable () -> StatusTime) {
    self.clock = clock
    self.now = now
  }

  /// Sets a status that is not set.
  public func begin(_ draft: StatusDraft) async throws(StatusError) -> StatusEntry {
    try change(draft.key) { slot throws(StatusError) in try slot.begin(draft) }
  }

  /// Sets a status, whatever was.
  public func set(
    _ draft: StatusDraft
  ) async throws(StatusError) -> (entry: StatusEntry, replaced: StatusEntry?) {
    try change(draft.key) { slot throws(StatusError) in try slot.set(draft) }
  }

  /// Lets one incarnation last for at least `ttl` from now.
  public func extend(
    _ key: StatusKey, id: String, ttl: Duration, fence: Fence?
  ) async throws(StatusError) -> StatusEntry {
    try change(key) { slot throws(StatusError) in
      try slot.extend(key, id: id, ttl: ttl, fence: fence)
    }
  }

  /// Ends one incarnation.
  public func end(
    _ key: StatusKey, id: String, fence: Fence?
  ) async throws(StatusError) -> Bool {
    try change(key) { slot throws(StatusError) in try slot.end(key, id: id, fence: fence) }
  }

  /// Ends whatever is set.
  public func clear(_ key: StatusKey) async throws(StatusError) -> StatusEntry? {
    try change(key) { slot throws(StatusError) in slot.clear() }
  }

  /// What is set.
  public func entry(_ key: StatusKey) async throws(StatusError) -> StatusEntry? {
    let now = now()
    return state.withLock { StatusSlot($0.entries[key], at: now).entry }
  }

  /// Everything that is set in a scope, or at all for nil.
  public func entries(in scope: StatusName?) async throws(StatusError) -> [StatusEntry] {
    let now = now()
    let entries = state.withLock { Array($0.entries.values) }
    return entries.filter { !$0.isOver(at: now) && (scope == nil || $0.scope == scope) }
      .sorted(by: StatusEntry.isListedFirst)
  }

  /// Tells one watcher when to look.
  public func makeFeed() async throws(StatusError) -> any StatusFeed {
    let feed = Feed(self)
    state.withLock { $0.bells[ObjectIdentifier(feed)] = feed.bell }
    return feed
  }

  /// Nothing is to be let go of.
  public func close() async {}

  private func change<Result>(
    _ key: StatusKey, _ step: (inout StatusSlot) throws(StatusError) -> Result
  ) throws(StatusError) -> Result {
    let now = now()
    let (result, bells) = try state.withLock { state throws(StatusError) in
      var slot = StatusSlot(state.entries[key], at: now)
      let result = try step(&slot)
      if slot.entry != nil, state.entries[key] == nil, state.entries.count >= Self.capacity {
        state.entries = state.entries.filter { !$0.value.isOver(at: now) }
        guard state.entries.count < Self.capacity else {
          throw StatusError(key, .full(count: state.entries.count))
        }
      }
      state.entries[key] = slot.entry
      return (result, Array(state.bells.values))
    }
    for bell in bells { bell.ring() }
    return result
  }

  /// A bell that rings at each change, for as long as somebody has it.
  private final class Feed: StatusFeed {
    let bell = Doorbell()
    private let board: MemoryStatusBackend

    init(_ board: MemoryStatusBackend) { self.board = board }

    deinit { board.state.withLock { _ = $0.bells.removeValue(forKey: ObjectIdentifier(self)) } }

    func wait(until deadline: Instant) async throws {
      await bell.wait(until: deadline, on: board.clock)
      try Task.checkCancellation()
    }
  }
}
