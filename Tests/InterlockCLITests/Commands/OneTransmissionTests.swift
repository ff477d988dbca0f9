import Interlock
import InterlockCommandLine
import InterlockNode
import InterlockRadio
import Testing

@testable import InterlockCLI

@Suite(.timeLimit(.minutes(10))) struct OneTransmissionTests {
  @Test func `what is on the air when its time is over counts as sent`() async throws {
    let clock = MovedClock()
    let modem = SlowModem {
      clock.advance(by: .milliseconds(150))
      // Whoever waited for the deadline has every chance to act on it.
      for _ in 0..<1000 { await Task.yield() }
    }
    let settings = ModemSettings(lora: try NodeConfiguration().radio.lora(), transmitPowerDBm: 14)
    let pipeline = TransmitPipeline(
      modem: modem, settings: settings, ledger: AirtimeLedger(policy: .unlimited, at: clock.now),
      clock: clock, seed: 1)
    let given = Arguments(values: [:], operands: ["15000102030405060708090a"])
    let packet = try #require(try RadioSend.packet(given, NodeConfiguration()))
    let report = try await OneTransmission(modem: modem, pipeline: pipeline, clock: clock)
      .send(packet, within: .milliseconds(100))
    #expect(report.result == .sent)
  }
}

/// A modem that sends for as long as the test says.
private struct SlowModem: Modem {
  let send: @Sendable () async -> Void

  func run(deliver: @escaping @Sendable (ModemEvent) async -> Void) async throws {
    await deliver(.connected(device: "a slow one"))
    for await _ in AsyncStream<Never>.makeStream().stream {}
    try Task.checkCancellation()
  }

  func transmit(_ frame: [UInt8], sequence: UInt64) async -> TransmitOutcome {
    await send()
    return .sent(onAir: nil)
  }

  func channelActivity() async throws(ModemError) -> ChannelActivity { .clear }
  func apply(_ settings: ModemSettings) async throws(ModemError) {}
  func reset() async throws(ModemError) {}
}

/// A clock whose time only the test moves.
private final class MovedClock: MonotonicClock {
  private struct State {
    var now = Instant.origin
    var sleepers: [(deadline: Instant, alarm: AsyncStream<Never>.Continuation)] = []
  }

  private let state = Guarded(State())

  var now: Instant { state.withLock { $0.now } }

  func sleep(until deadline: Instant) async throws {
    let (stream, alarm) = AsyncStream<Never>.makeStream()
    state.withLock { state in
      if deadline > state.now { state.sleepers.append((deadline, alarm)) } else { alarm.finish() }
    }
    for await _ in stream {}
    try Task.checkCancellation()
  }

  func advance(by duration: Duration) {
    state.withLock { state in
      state.now = state.now.advanced(by: duration)
      for sleeper in state.sleepers where sleeper.deadline <= state.now { sleeper.alarm.finish() }
    }
  }
}
