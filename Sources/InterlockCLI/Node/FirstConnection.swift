internal import InterlockRadio

/// Whether a modem could be used when it was tried for the first time.
///
/// A node keeps trying, since its modem comes back; a command that a person waits for says what is
/// wrong at once.
struct FirstConnection: Sendable {
  private let attempts: AsyncStream<ModemError?>
  private let attempted: AsyncStream<ModemError?>.Continuation

  init() {
    // Only the first attempt counts: what comes later finds the place taken.
    (attempts, attempted) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
  }

  /// Takes note of what a modem reports.
  func note(_ event: ModemEvent) {
    switch event {
    case .connected: attempted.yield(nil)
    case .disconnected(let error): attempted.yield(error)
    case .received, .notice, .noiseFloor, .receptionErrors, .lost: break
    }
  }

  /// Waits for the first attempt to end, for one caller.
  ///
  /// *Cancellation:* ends the wait.
  ///
  /// - Throws: `ModemError` when there was no connection.
  func established() async throws {
    for await error in attempts {
      if let error { throw error }
      return
    }
    throw CancellationError()
  }
}
