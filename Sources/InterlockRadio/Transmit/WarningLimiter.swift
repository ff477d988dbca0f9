internal import Interlock

/// Lets one warning through in a while and counts those between, so that a flood of packets is not
/// a flood of lines.
struct WarningLimiter: Sendable {
  var interval: Duration
  private var next = Instant(nanoseconds: .min)
  private var suppressed = 0

  init(interval: Duration) {
    self.interval = interval
  }

  /// How many were held back since the last one, if this one may pass.
  mutating func admit(at now: Instant) -> Int? {
    guard now >= next else {
      suppressed += 1
      return nil
    }
    next = now.advanced(by: interval)
    defer { suppressed = 0 }
    return suppressed
  }
}
