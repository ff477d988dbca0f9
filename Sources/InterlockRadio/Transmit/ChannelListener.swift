internal import Interlock

/// Listening before one transmission: how often, how long, and when to give up waiting.
///
/// Back-offs are drawn, so that nodes which found the channel occupied together do not all come
/// back together. The time spent here is no airtime.
struct ChannelListener: Sendable {
  enum Verdict: Sendable, Equatable {
    /// The channel is free, or not ours to judge.
    case go
    /// Listen again then.
    case again(Instant)
    /// It never became free.
    case exhausted
  }

  private let startedAt: Instant
  private let limit: Duration
  private let longestReception: Duration
  private(set) var attempts = 0

  /// Starts listening.
  ///
  /// - Parameters:
  ///   - startedAt: the present instant.
  ///   - limit: how long an occupied channel is waited for.
  ///   - longestReception: how long beyond that a packet that is arriving is waited for; sending
  ///     would destroy it.
  init(startedAt: Instant, limit: Duration, longestReception: Duration) {
    self.startedAt = startedAt
    self.limit = limit
    self.longestReception = longestReception
  }

  func elapsed(at now: Instant) -> Duration { startedAt.duration(to: now) }

  /// Takes what was heard; nil when the device could not tell, which is no reason to be silent.
  mutating func heard(
    _ activity: ChannelActivity?, at now: Instant, backoff: Duration
  ) -> Verdict {
    attempts += 1
    let end: Instant
    switch activity {
    case .clear, .left, nil: return .go
    case .busy: end = startedAt.advanced(by: limit)
    case .receiving: end = startedAt.advanced(by: limit + longestReception)
    }
    return now >= end ? .exhausted : .again(min(now.advanced(by: backoff), end))
  }
}
