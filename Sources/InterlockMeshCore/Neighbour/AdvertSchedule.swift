public import Interlock

/// When a node announces itself: to its neighbours often, to the whole mesh rarely.
///
/// The first announcement comes a whole interval after the start, so that a node that keeps crashing
/// does not flood the mesh. Each wait is drawn anew, up to a tenth longer than the interval, so that
/// nodes that were started together drift apart.
public struct AdvertSchedule: Sendable {
  /// Whom an announcement is for.
  public enum Reach: String, Sendable, Hashable, CaseIterable {
    /// Whoever hears it; nobody passes it on.
    case zeroHop = "zero_hop"
    /// The whole mesh.
    case flood
  }

  /// The part of an interval by which a wait may be longer.
  private static let jitter = 0.1

  private var zeroHopInterval: Duration?
  private var floodInterval: Duration?
  private var nextZeroHop: Instant?
  private var nextFlood: Instant?

  /// Makes a schedule that begins now; an interval of nil, or of no length, announces nothing.
  public init(
    zeroHopInterval: Duration?, floodInterval: Duration?, at now: Instant,
    using generator: inout some RandomNumberGenerator
  ) {
    self.zeroHopInterval = zeroHopInterval
    self.floodInterval = floodInterval
    restart(.zeroHop, at: now, using: &generator)
    restart(.flood, at: now, using: &generator)
  }

  /// When the next announcement is due; nil when none ever is.
  public var nextDeadline: Instant? {
    [nextZeroHop, nextFlood].compactMap(\.self).min()
  }

  /// Takes out the announcement that is due.
  ///
  /// When both are, it is the flood, which neighbours hear too; both waits begin anew.
  public mutating func takeDue(
    at now: Instant, using generator: inout some RandomNumberGenerator
  ) -> Reach? {
    if let nextFlood, nextFlood <= now {
      if let nextZeroHop, nextZeroHop <= now { restart(.zeroHop, at: now, using: &generator) }
      restart(.flood, at: now, using: &generator)
      return .flood
    }
    guard let nextZeroHop, nextZeroHop <= now else { return nil }
    restart(.zeroHop, at: now, using: &generator)
    return .zeroHop
  }

  private mutating func restart(
    _ reach: Reach, at now: Instant, using generator: inout some RandomNumberGenerator
  ) {
    let interval = reach == .flood ? floodInterval : zeroHopInterval
    var next: Instant?
    if let interval, interval > .zero {
      let nanoseconds = interval.nanoseconds
      let extra = Int64.random(
        in: 0...Int64(Double(nanoseconds) * Self.jitter), using: &generator)
      next = now.advanced(byNanoseconds: nanoseconds).advanced(byNanoseconds: extra)
    }
    switch reach {
    case .zeroHop: nextZeroHop = next
    case .flood: nextFlood = next
    }
  }
}
