public import Interlock

/// What a backend gives.
public struct LockGrant: Sendable, Hashable {
  /// Greater than that of every grant of this lock before.
  public var fence: Fence
  /// The instant before the request that was granted was sent: validity counts from here.
  public var requested: Instant
  /// How long it lasts unless renewed; nil when it ends only with its process.
  public var term: Duration?

  /// A grant.
  public init(fence: Fence, requested: Instant, term: Duration?) {
    self.fence = fence
    self.requested = requested
    self.term = term
  }
}
