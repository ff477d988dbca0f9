internal import Interlock

/// Which of the adverts that may be relayed are: as often as their advertisers may, and from nobody
/// who is barred.
struct AdvertGate: Sendable {
  private var limit: AdvertRateLimit?
  private var limiter = AdvertLimiter()
  private var penalties: PenaltyBox?

  init(_ configuration: RepeaterConfiguration) {
    configure(configuration)
  }

  /// Puts other settings in force: what was counted under a limit ends with it, who is barred stays
  /// barred while anybody can be.
  mutating func configure(_ configuration: RepeaterConfiguration) {
    if configuration.advertRateLimit != limit {
      limit = configuration.advertRateLimit
      limiter = AdvertLimiter()
    }
    guard limit != nil, let penalty = configuration.advertPenalty else {
      penalties = nil
      return
    }
    if penalties == nil { penalties = PenaltyBox(penalty) } else { penalties?.penalty = penalty }
  }

  /// Why an advert whose signature holds is not relayed; nil when it is, and then it counts.
  mutating func refusal(of advert: Advert, at now: Instant) -> RefusalReason? {
    guard let limit else { return nil }
    let node = advert.publicKey.prefix
    guard penalties?.isBarred(node, at: now) != true else { return .advertPenalty }
    switch limiter.judge(node, signedAt: advert.timestamp, limit: limit, at: now) {
    case .allowed: return nil
    case .tooSoon: return .advertRateLimit
    case .exceeded:
      penalties?.noteExcess(of: node, at: now)
      return .advertRateLimit
    }
  }

  /// What there is to see.
  func reading(at now: Instant) -> AdvertReading {
    AdvertReading(barred: penalties?.barredCount(at: now) ?? 0)
  }
}
