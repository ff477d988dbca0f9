internal import Interlock

/// Whether the radio can be trusted: after how many failures it counts as down, when it is tried
/// again, and whether it has to be re-initialised first.
///
/// It is a circuit breaker whose probe is a re-initialisation, which costs no airtime. A probe that
/// succeeds lets traffic through again on trial: the next transmission decides.
struct RadioHealth: Sendable {
  enum State: Sendable, Equatable {
    /// Transmissions pass; that many have failed in a row.
    case working(failures: Int)
    /// A request was abandoned: nothing is sent until the radio has been re-initialised.
    case suspect(failures: Int, retry: Instant)
    /// Too many failures in a row: relays are dropped, a probe is due then.
    case down(probe: Instant)
    /// A probe succeeded; one more failure and it is down again.
    case trial
  }

  /// What an outcome or a probe changed that an operator should read.
  enum Change: Equatable {
    case none
    case opened(failures: Int)
    case closed
  }

  var policy: TransmitPolicy
  private(set) var state = State.working(failures: 0)
  private var failedResets = 0
  /// Whether the breaker has opened and no transmission has succeeded since.
  private var hasOpened = false

  init(policy: TransmitPolicy) {
    self.policy = policy
  }

  /// Whether relays are to be dropped at once.
  var isDown: Bool {
    if case .down = state { true } else { false }
  }

  /// When the radio is to be re-initialised; nil when it need not be.
  var resetDue: Instant? {
    switch state {
    case .suspect(_, let retry): retry
    case .down(let probe): probe
    case .working, .trial: nil
    }
  }

  mutating func succeeded() -> Change {
    defer {
      state = .working(failures: 0)
      hasOpened = false
    }
    return hasOpened ? .closed : .none
  }

  /// Takes note of a transmission that failed; `abandoned` when the radio never answered.
  mutating func failed(abandoned: Bool, at now: Instant) -> Change {
    failed(at: now, retry: abandoned ? now : nil)
  }

  /// Takes note that a re-initialisation ended well.
  mutating func resetSucceeded() {
    failedResets = 0
    switch state {
    case .suspect(let failures, _): state = .working(failures: failures)
    case .down: state = .trial
    case .working, .trial: break
    }
  }

  /// Takes note that a re-initialisation failed: a failure like another, tried again after a while.
  mutating func resetFailed(at now: Instant) -> Change {
    failedResets += 1
    let backoff = policy.resetBackoff * (1 << min(failedResets - 1, 16))
    return failed(at: now, retry: now.advanced(by: min(backoff, policy.probeInterval)))
  }

  /// Takes note that the device is there again: what waits for a while need wait no longer.
  mutating func returned(at now: Instant) {
    switch state {
    case .suspect(let failures, let retry):
      state = .suspect(failures: failures, retry: min(retry, now))
    case .down(let probe): state = .down(probe: min(probe, now))
    case .working, .trial: break
    }
  }

  /// Asks for a re-initialisation before the next transmission, without blame.
  mutating func suspect(at now: Instant) {
    if case .working(let failures) = state { state = .suspect(failures: failures, retry: now) }
    if state == .trial { state = .suspect(failures: policy.breakerThreshold - 1, retry: now) }
  }

  private mutating func failed(at now: Instant, retry: Instant?) -> Change {
    let failures: Int
    switch state {
    case .working(let before), .suspect(let before, _): failures = before + 1
    case .trial: failures = policy.breakerThreshold
    case .down:
      state = .down(probe: now.advanced(by: policy.probeInterval))
      return .none
    }
    guard failures >= policy.breakerThreshold else {
      state =
        retry.map { .suspect(failures: failures, retry: $0) } ?? .working(failures: failures)
      return .none
    }
    state = .down(probe: now.advanced(by: policy.probeInterval))
    hasOpened = true
    return .opened(failures: failures)
  }
}
