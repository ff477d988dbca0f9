/// What a node announces of itself, and how often.
public struct AdvertProfile: Sendable, Hashable {
  /// Its name, cut to what fits.
  public var name: String?
  /// Where it is.
  public var location: AdvertData.Location?
  /// The time between announcements to neighbours; nil for none.
  public var zeroHopInterval: Duration?
  /// The time between announcements to the whole mesh; nil for none.
  public var floodInterval: Duration?

  /// Makes a profile; the defaults are those of the repeater.
  public init(
    name: String? = nil, location: AdvertData.Location? = nil,
    zeroHopInterval: Duration? = nil, floodInterval: Duration? = .seconds(36_000)
  ) {
    self.name = name
    self.location = location
    self.zeroHopInterval = zeroHopInterval
    self.floodInterval = floodInterval
  }

  /// What an advert carries of it.
  package var data: AdvertData {
    AdvertData(nodeType: .repeater, location: location, name: name)
  }
}
