internal import Interlock

/// An accepted packet and where it stands.
struct QueuedPacket: Sendable {
  /// What the packet waits for.
  enum Stage: Sendable {
    /// For its due time.
    case delayed
    /// For its turn.
    case ready
    /// For the end of its attempt.
    case inFlight
  }

  /// A turn that came while the allowance was spent.
  struct Hold: Sendable {
    /// The instant at which it fits, unless the ledger changes.
    var until: Instant
    /// The ledger's state in which that was true.
    var ledgerVersion: UInt64
  }

  let id: TransmitID
  let request: TransmitRequest
  let acceptedAt: Instant
  /// When it is no longer worth sending.
  let expiry: Instant
  /// The delay it was given on submission.
  let delay: Duration

  var stage = Stage.delayed
  /// When its delay ends, then since when it is ready.
  var due: Instant
  var hold: Hold?
  var wasDeferred = false
  var isCancelled = false

  var attempts = 0
  var airtime = Duration.zero
  var listenAttempts = 0
  var listenBackoff = Duration.zero
  /// Whether it was sent back to the queue by a channel that never became free.
  var returnedFromListening = false

  /// Whether it is among those that go before all others.
  var isUrgent: Bool { request.priority == 0 }

  func report(_ result: TransmitResult, at now: Instant) -> TransmitReport {
    TransmitReport(
      label: request.label, origin: request.origin, kind: request.kind, bytes: request.frame.count,
      result: result, airtime: airtime, delay: delay, attempts: attempts,
      listenAttempts: listenAttempts, listenBackoff: listenBackoff, acceptedAt: acceptedAt,
      finishedAt: now)
  }
}
