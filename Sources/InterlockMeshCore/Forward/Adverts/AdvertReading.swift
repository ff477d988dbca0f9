/// How a repeater deals with the adverts of others at one instant.
public struct AdvertReading: Sendable, Hashable {
  /// Advertisers none of whose adverts is passed on.
  public var barred = 0
}
