import Interlock
import InterlockLabTesting
import InterlockRadio
import TestSupport
import Testing

@testable import InterlockSimulation

@Suite(.tags(.race), .ownThread) struct FalseReceptionTests {
  @Test(
    .explored(.many(50)),
    arguments: [
      // One and a half preambles of 36.25 symbols, and one and a half frames of 255 bytes.
      (ModemFaults.Listening.falsePreamble(at: .origin), Duration.microseconds(222_720)),
      (.falseHeader(at: .origin), .microseconds(3_466_752)),
    ])
  func `radio.R5 what never becomes a packet holds a transmission up for so long and no longer`(
    fault: ModemFaults.Listening, latch: Duration
  ) async throws {
    let clock = Stopwatch()
    let air = LiveAir(AirMachine(seed: 1), clock: clock)
    let modem = air.attach(
      Radio(position: .origin, settings: .narrow), device: "modem",
      faults: ModemFaults(listening: fault))
    let pipeline = TransmitPipeline(
      modem: modem, settings: .narrow,
      ledger: AirtimeLedger(policy: .unlimited, at: clock.now), clock: clock,
      seed: 1)
    try await withThrowingTaskGroup { group in
      group.addTask { try? await air.run() }
      group.addTask { try await pipeline.run() }
      let report = try await pipeline.transmit(
        TransmitRequest(
          frame: [UInt8](repeating: 0x5A, count: 30),
          label: PacketLabel(identifier: 1, type: "ADVERT", route: "flood"), origin: .local,
          kind: .advert, priority: 3, receivedAt: clock.now))
      // The longest wait between two looks at the channel is 360 ms.
      let longest = latch + .milliseconds(360)
      try #require(
        (latch...longest).contains(report.listenBackoff), "\(report)")
      await pipeline.stop()
      group.cancelAll()
    }
  }
}
