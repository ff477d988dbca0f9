internal import Interlock

/// Which of the adverts that may be relayed are: as often as their advertisers may while the mesh is as
/// busy as it is, and from nobody who is barred.
struct AdvertGate: Sendable {
  /// What comes of an advert.
  enum Answer: Sendable, Hashable {
    /// It is relayed, and counts.
    case allowed
    /// It is not.
    case refused(RefusalReason)
    /// It is not, and its advertiser is barred from now on, for so long.
    case barred(Duration)
  }

  private var limit: AdvertRateLimit?
  private var limiter = AdvertLimiter()
  private var penalties: PenaltyBox?
  private var traffic: AdvertTraffic?

  init(_ configuration: RepeaterConfiguration) {
    configure(configuration)
  }

  /// Puts other settings in force: what was counted under a limit ends with it, who is barred stays
  /// barred while anybody can be, and the average of what was heard is kept while there are tiers.
  mutating func configure(_ configuration: RepeaterConfiguration) {
    if configuration.advertRateLimit != limit {
      limit = configuration.advertRateLimit
      limiter = AdvertLimiter()
    }
    if let penalty = configuration.advertPenalty, limit != nil {
      if penalties == nil { penalties = PenaltyBox(penalty) } else { penalties?.penalty = penalty }
    } else {
      penalties = nil
    }
    if let tiers = configuration.advertTiers, limit != nil {
      if traffic == nil { traffic = AdvertTraffic(tiers) } else { traffic?.tiers = tiers }
    } else {
      traffic = nil
    }
  }

  /// Counts an advert that is heard for the first time, and whose signature holds.
  mutating func heard(at now: Instant) {
    traffic?.heard(at: now)
  }

  /// Judges an advert whose signature holds.
  mutating func judge(_ advert: Advert, at now: Instant) -> Answer {
    guard let limit else { return .allowed }
    let node = advert.publicKey.prefix
    guard penalties?.isBarred(node, at: now) != true else {
      return .refused(.advertPenalty)
    }
    let inForce = inForce(limit, at: now)
    switch limiter.judge(
      node, signedAt: advert.timestamp, limit: limit, inForce: inForce, at: now)
    {
    case .allowed: return .allowed
    case .tooSoon: return .refused(.advertRateLimit)
    case .exceeded:
      let bar = penalties?.noteExcess(of: node, at: now)
      return bar.map { .barred($0) } ?? .refused(.advertRateLimit)
    }
  }

  /// What is left of a limit while the mesh is as busy as it is; nil for no limit.
  private mutating func inForce(_ limit: AdvertRateLimit, at now: Instant) -> AdvertRateLimit? {
    guard let tier = traffic?.judge(at: now) else { return limit }
    return limit.inForce(in: tier)
  }

  /// What there is to see; looking changes nothing.
  func reading(at now: Instant) -> AdvertReading {
    var traffic = traffic
    return AdvertReading(
      barred: penalties?.barredCount(at: now) ?? 0, tier: traffic?.judge(at: now),
      perMinute: traffic?.perMinute(at: now))
  }
}
