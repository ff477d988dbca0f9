/// How much is said in a simulated mesh: means, around which the moments are drawn.
public struct MeshTraffic: Sendable, Hashable {
  /// Messages to everybody, of all companions together.
  public var groupMessagesPerDay = 4_000.0
  /// Messages from one companion to another along a known path, each acknowledged.
  public var directMessagesPerDay = 4_000.0
  /// Probes of a path, out and back.
  public var tracesPerDay = 1_000.0
  /// From one advert of a repeater to its neighbours to the next; nil for none.
  public var neighbourAdvertInterval: Duration? = .seconds(2 * 3600)
  /// From one advert of a node to everybody to the next; nil for none.
  public var floodAdvertInterval: Duration? = .seconds(12 * 3600)
  /// The longest way a direct message goes, in repeaters.
  public var longestPath = 8

  /// Makes the traffic of a busy town.
  public init() {}

  /// No traffic at all.
  public static var silence: MeshTraffic {
    var traffic = MeshTraffic()
    traffic.groupMessagesPerDay = 0
    traffic.directMessagesPerDay = 0
    traffic.tracesPerDay = 0
    traffic.neighbourAdvertInterval = nil
    traffic.floodAdvertInterval = nil
    return traffic
  }

  /// The same with all rates multiplied.
  public func scaled(by factor: Double) -> MeshTraffic {
    var traffic = self
    traffic.groupMessagesPerDay *= factor
    traffic.directMessagesPerDay *= factor
    traffic.tracesPerDay *= factor
    return traffic
  }
}
