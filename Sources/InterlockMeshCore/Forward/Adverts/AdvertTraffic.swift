internal import Interlock

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How many adverts are heard a minute, and which tier is in force for it.
///
/// The average is exponentially weighted in continuous time: each advert adds 1/window, and what there
/// is fades with e^(-elapsed/window). The tier follows it with each advert, but not before it has been in force for its least time. Whoever transmits can make a mesh busy; the limits of a
/// congested one are the worst that comes of it.
struct AdvertTraffic: Sendable {
  /// The tiers; another window lets the average fade differently from the last advert on.
  var tiers: AdvertTiers
  /// The tier in force when it was judged last.
  private(set) var tier = AdvertTier.quiet

  private var perMinute = 0.0
  private var asOf = Instant.origin
  /// When the tier came in force; nil for at the beginning.
  private var since: Instant?

  init(_ tiers: AdvertTiers) {
    self.tiers = tiers
  }

  /// Counts an advert.
  mutating func heard(at now: Instant) {
    perMinute = perMinute(at: now) + 60 / seconds(tiers.window)
    asOf = max(asOf, now)
    _ = judge(at: now)
  }

  /// The tier for an advert that is judged now.
  mutating func judge(at now: Instant) -> AdvertTier {
    let due = tiers.tier(perMinute: perMinute(at: now))
    if due != tier, since.map({ now >= $0.advanced(by: tiers.hold) }) ?? true {
      tier = due
      since = now
    }
    return tier
  }

  /// The average, adverts a minute.
  func perMinute(at now: Instant) -> Double {
    guard now > asOf else { return perMinute }
    return perMinute * exp(-seconds(asOf.duration(to: now)) / seconds(tiers.window))
  }

  private func seconds(_ duration: Duration) -> Double {
    Double(max(1, duration.nanoseconds)) / 1e9
  }
}
