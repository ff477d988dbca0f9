import Interlock
import InterlockRadio

/// A modem that hears what the test says, and stands still where the test wants it to.
final class ScriptedRadio: Modem {
  private struct State {
    var sent: [[UInt8]] = []
    var settings: [ModemSettings] = []
    var applyGate: Gate?
    var transmitGate: Gate?
    var refusal: ModemError?
    var failure: ModemError?
  }

  private let state = Guarded(State())
  private let events: AsyncStream<ModemEvent>
  private let input: AsyncStream<ModemEvent>.Continuation

  init() { (events, input) = AsyncStream.makeStream() }

  var sent: [[UInt8]] { state.withLock { $0.sent } }
  var settings: [ModemSettings] { state.withLock { $0.settings } }

  /// The next change of settings stands still at the gate.
  func holdSettings(at gate: Gate) { state.withLock { $0.applyGate = gate } }
  func holdTransmissions(at gate: Gate) { state.withLock { $0.transmitGate = gate } }
  func refuseSettings(_ error: ModemError) { state.withLock { $0.refusal = error } }

  func hear(_ bytes: [UInt8], at now: Instant) {
    input.yield(
      .received(ReceivedFrame(bytes: bytes, snrQuarterDB: 40, rssiDBm: -80, receivedAt: now)))
  }

  /// Ends reception for good.
  func fail(_ error: ModemError) {
    state.withLock { $0.failure = error }
    input.finish()
  }

  // MARK: Modem

  func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {
    for await event in events { await deliver(event) }
    try Task.checkCancellation()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    await state.withLock { $0.transmitGate }?.pass()
    state.withLock { $0.sent.append(frame) }
    return .sent(onAir: nil)
  }

  func channelActivity() async throws(ModemError) -> ChannelActivity { .clear }

  func apply(_ settings: ModemSettings) async throws(ModemError) {
    let (gate, refusal) = state.withLock { ($0.applyGate, $0.refusal) }
    await gate?.pass()
    if let refusal { throw refusal }
    state.withLock { $0.settings.append(settings) }
  }

  func reset() async throws(ModemError) {}
}
