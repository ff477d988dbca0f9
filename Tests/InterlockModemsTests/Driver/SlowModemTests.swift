import Interlock
import InterlockLabTesting
import InterlockModems
import InterlockRadio
import TestSupport
import Testing

/// A modem that takes two seconds over each command, as a board behind a slow line may.
@Suite(.tags(.race), .timeLimit(.minutes(10))) struct SlowModemTests {
  private static let commandTime = Duration.seconds(2)

  private static func own(_ number: UInt8, at now: Instant) -> TransmitRequest {
    TransmitRequest(
      frame: [number], label: PacketLabel(identifier: UInt64(number), type: "ADVERT", route: "own"),
      origin: .local, kind: .direct, priority: 0, receivedAt: now,
      deadline: now.advanced(by: .seconds(120)))
  }

  @Test(.explored(.many(20)))
  func `radio.R1 a modem of slow commands is re-initialised and told settings in full`()
    async throws
  {
    let bench = Workbench()
    let clock = bench.clock
    let board = bench.board(1)
    board.step { modem, _ in modem.faults.answerDelay = Self.commandTime }
    bench.plug(board)
    let driver = bench.driver()
    let pipeline = TransmitPipeline(
      modem: driver, settings: Workbench.settings,
      ledger: AirtimeLedger(policy: .unlimited, at: clock.now), clock: clock,
      seed: 1)
    try await bench.run(driver) { recorder in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await pipeline.run() }
        try await recorder.untilConnected()
        try #require(clock.now == .origin.advanced(by: .milliseconds(750) + Self.commandTime * 6))

        // Three packets without an outcome: the modem counts as down, and is re-initialised.
        board.step { modem, _ in modem.faults.deniesReports = true }
        for number: UInt8 in 1...3 {
          await #expect(throws: TransmitError.self) {
            try await pipeline.transmit(Self.own(number, at: clock.now))
          }
        }
        try #require(pipeline.snapshot().isRadioDown)
        board.step { modem, _ in modem.faults.deniesReports = false }
        _ = try await pipeline.transmit(Self.own(4, at: clock.now))
        try #require(pipeline.snapshot().counters.reinitialisations == 1)
        try #require(pipeline.snapshot().counters.breakerOpenings == 1)

        var settings = Workbench.settings
        settings.lora.spreadingFactor = 10
        let asked = clock.now
        try await pipeline.apply(settings)
        try #require(asked.duration(to: clock.now) >= Self.commandTime * 4)
        try #require(board.modem.settings.spreadingFactor == 10)
        await pipeline.stop()
        try await group.waitForAll()
      }
    }
    try #require(bench.opened == 1, "the link was never given up")
  }
}
