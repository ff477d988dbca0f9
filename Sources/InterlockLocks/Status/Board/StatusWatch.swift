internal import Interlock

/// The changes of a board, one after another; first what is set at the beginning.
///
/// Who takes them looks at the board: nothing is kept for a watcher that does not, and a slow one gets what is there
/// now, not all that was in between.
///
/// *Cancellation:* `next()` throws `CancellationError`.
public struct StatusWatch: AsyncSequence, Sendable {
  /// What a watcher gets.
  public typealias Element = StatusChange

  /// How long a change may stay unseen when nobody tells of it, as that a status is over.
  static let patience = Duration.seconds(1)

  let backend: any StatusBackend
  let scope: StatusName?

  /// One watcher.
  public struct Iterator: AsyncIteratorProtocol {
    private let backend: any StatusBackend
    private let scope: StatusName?
    private var tracker = StatusTracker()
    private var feed: (any StatusFeed)?

    fileprivate init(_ watch: StatusWatch) {
      backend = watch.backend
      scope = watch.scope
    }

    /// Waits for the next change; it never ends by itself.
    ///
    /// - Throws: ``StatusError`` when the board cannot be read; `CancellationError`.
    /// - Returns: the change.
    public mutating func next() async throws -> StatusChange? {
      while true {
        if let change = tracker.next() { return change }
        try Task.checkCancellation()
        if let feed {
          try await feed.wait(until: backend.clock.now.advanced(by: StatusWatch.patience))
        } else {
          feed = try await backend.makeFeed()
        }
        tracker.look(try await backend.entries(in: scope))
      }
    }
  }

  /// Begins to watch.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }
}
