internal import Interlock

/// How many replicas have to have a grant before it counts.
///
/// It makes the window smaller in which a failover forgets a holder, and does not close it: a replica that has the grant may not
/// be the one that is promoted. Each grant costs a `WAIT`, behind which whatever else this connection asks for stands in line,
/// so `within` is to be much shorter than the leases.
public struct RedisReplicas: Sendable, Hashable {
  /// How many.
  public var count: Int
  /// How long they have to say so.
  public var within: Duration

  /// So many, within so long; whole milliseconds, and at least one of each.
  public init(_ count: Int, within: Duration = .milliseconds(100)) {
    self.count = max(1, count)
    self.within = max(.milliseconds(1), within)
  }

  /// What so many lack to be enough; nil when they are.
  func lack(_ found: Int64) -> String? {
    found >= count
      ? nil : "\(found) of \(count) replicas had the grant within \(within); are they connected?"
  }

  /// What the server is asked.
  var command: RedisCommand {
    RedisCommand("WAIT", "\(count)", "\(within.nanoseconds / 1_000_000)")
  }
}
