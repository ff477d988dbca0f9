package import InterlockMeshCore
internal import InterlockWire

/// `adverts`: how often the node announces itself, and how often others may.
package struct AdvertSection: Sendable, Hashable {
  package var floodInterval = Duration.seconds(10 * 3600)
  package var neighbourInterval = Duration.seconds(2 * 3600)
  package var rateLimit = false
  package var rateLimitBurst = 2
  package var rateLimitInterval = Duration.seconds(10 * 3600)
  /// Whether who keeps exceeding that limit is barred.
  package var penalty = false
  package var penalties = AdvertPenalty()
  /// Whether the limit follows the adverts heard.
  package var adaptive = false
  package var tiers = AdvertTiers()
}

extension AdvertSection {
  /// What is set and cannot be meant, each with the reason.
  var contradictions: [(option: String, reason: String)] {
    var found: [(option: String, reason: String)] = []
    if penalty, !rateLimit {
      found.append(("penalty", "bars who exceeds a limit, and there is none without rateLimit"))
    }
    if penalty, penalties.maximum < penalties.base {
      found.append(
        (
          "penaltyMaximum",
          "must not be less than penaltyBase: \(penalties.maximum.notation) is less than "
            + penalties.base.notation
        ))
    }
    if adaptive, !rateLimit {
      found.append(("adaptive", "changes a limit, and there is none without rateLimit"))
    }
    if adaptive, tiers.busy <= tiers.normal {
      found.append(("adaptiveBusy", "must be more than adaptiveNormal"))
    }
    if adaptive, tiers.congested <= tiers.busy {
      found.append(("adaptiveCongested", "must be more than adaptiveBusy"))
    }
    return found
  }
}
