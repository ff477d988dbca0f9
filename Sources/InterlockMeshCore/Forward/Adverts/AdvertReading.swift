/// How a repeater deals with the adverts of others at one instant.
public struct AdvertReading: Sendable, Hashable {
  /// Advertisers none of whose adverts is passed on.
  public var barred = 0
  /// The tier that decides how much of the limit is in force; nil where it always is.
  public var tier: AdvertTier?
  /// Adverts heard, on average, a minute; nil where no tier follows from it.
  public var perMinute: Double?
}
