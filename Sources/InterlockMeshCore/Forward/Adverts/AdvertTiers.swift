/// How busy a mesh is with adverts.
public enum AdvertTier: String, Sendable, Hashable, CaseIterable {
  /// Limits are off.
  case quiet
  /// They are as they are set.
  case normal
  /// They allow half as much.
  case busy
  /// They allow a quarter as much.
  case congested
}

/// How the limit of adverts follows what is heard of them: the tiers, and when which is in force.
public struct AdvertTiers: Sendable, Hashable {
  /// The time constant of the average of adverts heard: after it, an advert counts for 1/e of what it did.
  public var window: Duration
  /// How long a tier is in force at least.
  public var hold: Duration
  /// Adverts a minute from which on the tier is normal.
  public var normal: Double
  /// Adverts a minute from which on it is busy.
  public var busy: Double
  /// Adverts a minute from which on it is congested.
  public var congested: Double

  /// Makes tiers; the defaults of all but the window are those of pyMC.
  public init(
    window: Duration = .seconds(3600), hold: Duration = .seconds(300), normal: Double = 0.05,
    busy: Double = 0.2, congested: Double = 0.5
  ) {
    self.window = window
    self.hold = hold
    self.normal = normal
    self.busy = busy
    self.congested = congested
  }

  /// The tier of so many adverts a minute.
  func tier(perMinute: Double) -> AdvertTier {
    if perMinute >= congested { return .congested }
    if perMinute >= busy { return .busy }
    return perMinute >= normal ? .normal : .quiet
  }
}

extension AdvertRateLimit {
  /// What is left of the limit in a tier, never more than in a less busy one; nil for no limit.
  func inForce(in tier: AdvertTier) -> AdvertRateLimit? {
    switch tier {
    case .quiet: nil
    case .normal: self
    case .busy: divided(by: 2)
    case .congested: divided(by: 4)
    }
  }

  private func divided(by divisor: Int) -> AdvertRateLimit {
    AdvertRateLimit(burst: max(1, burst / divisor), interval: interval * divisor)
  }
}
