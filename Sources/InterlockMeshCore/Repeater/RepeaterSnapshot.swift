public import Interlock

/// Everything countable about a repeater at one instant, taken in one step.
public struct RepeaterSnapshot: Sendable {
  /// When it was taken.
  public var takenAt: Instant
  /// What was counted.
  public var counters: RepeaterCounters
  /// Packets it remembers as accepted.
  public var seenCount: Int
  /// Floods it holds back.
  public var heldCount: Int
  /// How the adverts of others are dealt with.
  public var adverts: AdvertReading
  /// The repeaters around.
  public var neighbours: [Neighbour]
}
