import Glibc
import Interlock
import InterlockCommandLine
import InterlockModems
import InterlockRadio
import InterlockSystem
import TestSupport
import Testing

/// The daemon and the commands on modems behind TCP.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct NetworkModemTests {
  private static let lora = LoRaSettings(
    frequencyHz: 868_000_000, bandwidthHz: 500_000, spreadingFactor: 7, codingRateDenominator: 5)

  private func board(_ number: UInt8, on air: EmulatedAir) -> EmulatedBoard {
    EmulatedBoard(
      EmulatedKISSModem(
        publicKey: Array(repeating: number, count: 32), deviceName: "board \(number)",
        seed: UInt64(number)),
      air: air, clock: SystemClock())
  }

  private func flood(_ number: UInt8) -> [UInt8] {
    [0x15, 0x00, number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
  }

  /// Serves a board to whoever connects, one after the other.
  private func serve(_ board: EmulatedBoard, on listener: SocketListener) async throws {
    while true {
      let stream = try await listener.accept()
      // The other side hangs up when it likes.
      try? await board.serve(stream)
    }
  }

  @Test func `a node repeats through a modem behind TCP, and again after the line was cut`()
    async throws
  {
    let scratch = try Scratch()
    let air = EmulatedAir()
    let (ours, theirs) = (board(1, on: air), board(2, on: air))
    let (listener, otherListener) = (
      try SocketListener(loopbackPort: 0), try SocketListener(loopbackPort: 0)
    )
    let node = try RunningProgram(
      [
        "node", "--quiet", "--config",
        try scratch.configure(
          """
          modem: {type: "kiss_tcp", host: "127.0.0.1", port: \(listener.port)},
          radio: {frequencyMHz: 868, bandwidthKHz: 500, spreadingFactor: 7, codingRate: 5},
          dutyCycle: {region: "none", limits: [{window: "1h", allowance: "30m"}]},
          delays: {floodFactor: 0.01},
          """),
      ])
    let peer = MeshCoreKISSModem(
      .tcp(host: "127.0.0.1", port: otherListener.port),
      settings: ModemSettings(lora: Self.lora, transmitPowerDBm: 10), seed: 7)
    let heard = Inbox()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.serve(theirs, on: otherListener) }
      group.addTask { try await peer.run { heard.take($0) } }
      try await heard.connected()
      for round in UInt8(1)...2 {
        let count = node.lines.count
        let stream = try await listener.accept()
        async let service: Void = ours.serve(stream)
        try await node.line("Modem connected", after: round == 1 ? 0 : count)
        #expect(await peer.transmit(flood(round), sequence: UInt64(round)) == .sent(onAir: nil))
        let repeated = try await heard.frame()
        #expect(repeated.count == flood(round).count + 1, "one hop was appended")
        #expect(Array(repeated.dropFirst(3)) == Array(flood(round).dropFirst(2)))
        stream.close()
        // Cut from this side, so how its service ends says nothing.
        try? await service
      }
      node.send(SIGTERM)
      #expect(try await node.status() == 0)
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  @Test func `radio monitor prints what a live modem hears, until it is interrupted`() async throws
  {
    let ours = board(1, on: EmulatedAir())
    let listener = try SocketListener(loopbackPort: 0)
    let monitor = try RunningProgram([
      "radio", "monitor", "--json", "--wait", "--tcp", "127.0.0.1:\(listener.port)", "--frequency",
      "868", "--bw", "500", "--sf", "7", "--cr", "5",
    ])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.serve(ours, on: listener) }
      try await monitor.line("connected")
      ours.step { modem, _ in modem.heard(self.flood(1), snrQuarterDB: 20, rssiDBm: -80) }
      let line = try await monitor.line("1500010102030405060708090a0b0c0d0e")
      #expect(line.contains(#""snr_db":5"#))
      monitor.send(SIGINT)
      #expect(try await monitor.status() == 0)
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }
}
