import Foundation
import Interlock
import InterlockModems
import InterlockRadio
import InterlockSystem
import TestSupport
import Testing

/// The driver on lines and sockets of the kernel, in real time; nothing here depends on how long
/// anything takes.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RealLineTests {
  let clock = SystemClock()

  private func board(_ number: UInt8, on air: EmulatedAir) -> EmulatedBoard {
    let modem = EmulatedKISSModem(
      publicKey: Array(repeating: number, count: 32), deviceName: "board", seed: UInt64(number))
    return EmulatedBoard(modem, air: air, clock: clock)
  }

  /// Runs `body` while the modem runs, then ends both.
  private func with(
    _ modem: some Modem, _ body: @Sendable (Recorder) async throws -> Void
  ) async throws {
    let recorder = Recorder()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await modem.run { await recorder.record($0) } }
      try await body(recorder)
      group.cancelAll()
    }
  }

  static let quick = ModemSettings(
    lora: LoRaSettings(
      frequencyHz: 868_000_000, bandwidthHz: 500_000, spreadingFactor: 7, codingRateDenominator: 5),
    transmitPowerDBm: 10)

  @Test func `radio.R6 a board pulled out in the middle of a frame is found under another name`()
    async throws
  {
    let directory = NSTemporaryDirectory() + "interlock-\(UUID().uuidString)"
    let files = FileManager.default
    try files.createDirectory(atPath: directory + "/by-id", withIntermediateDirectories: true)
    defer { try? files.removeItem(atPath: directory) }
    let first = try PseudoTerminal()
    try files.createSymbolicLink(
      atPath: directory + "/ttyACM0", withDestinationPath: first.slavePath)
    let ports = SerialPortDirectory(devices: directory, identifiers: directory + "/by-id")
    let source = SerialLinkSource(
      path: directory + "/ttyACM0", bitsPerSecond: 115_200, directory: ports)
    let driver = ModemDriver(
      machine: MeshCoreModemMachine(settings: Self.quick), source: source, clock: clock, seed: 1)
    let board = board(1, on: EmulatedAir())
    try await with(driver) { recorder in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await board.serve(first.master) }
        try await recorder.untilConnected()
        board.step { modem, _ in modem.faults.reportDelay = .seconds(3600) }
        async let sending = driver.transmit([1, 2, 3], sequence: 1)
        while board.modem.nextDeadline == nil { await Task.yield() }
        // Pulled out: the name is gone and the line is dead.
        try files.removeItem(atPath: directory + "/ttyACM0")
        first.master.close()
        guard case .unknown(let error, _) = await sending else {
          throw Failed("the outcome of a lost transmission is not unknown")
        }
        #expect(error.code == .disconnected)
        _ = await group.nextResult()

        let second = try PseudoTerminal()
        board.step { modem, _ in
          modem.restart()
          modem.faults.reportDelay = .zero
        }
        try files.createSymbolicLink(
          atPath: directory + "/ttyACM1", withDestinationPath: second.slavePath)
        group.addTask { try await board.serve(second.master) }
        try await recorder.untilConnected(times: 2)
        #expect(board.modem.powerDBm == 10)
        #expect(await driver.transmit([4], sequence: 2) == .sent(onAir: nil))
        group.cancelAll()
        while await group.nextResult() != nil {}
      }
    }
  }

  @Test func `ten thousand frames in a burst arrive in order, each with its own signal`()
    async throws
  {
    let line = try PseudoTerminal()
    var options = MeshCoreModemOptions()
    // However long a busy machine keeps the two bytes of a signal from us.
    options.signalPatience = .seconds(3600)
    let modem = MeshCoreKISSModem(
      .serial(path: line.slavePath), settings: Self.quick, options: options, seed: 1)
    let board = board(1, on: EmulatedAir())
    let count = 10_000
    try await with(modem) { recorder in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await board.serve(line.master) }
        try await recorder.untilConnected()
        for start in stride(from: 0, to: count, by: 500) {
          board.step { modem, _ in
            for number in start..<start + 500 {
              let frame =
                [UInt8(number >> 8), UInt8(number & 0xFF)] + [UInt8](repeating: 0xC0, count: 30)
              modem.heard(frame, snrQuarterDB: Int8(truncatingIfNeeded: number), rssiDBm: -80)
            }
          }
          // The receiver is given the chance to keep up, as a receiver of a radio always has.
          try await recorder.until { _ in recorder.frames.count >= start + 500 }
        }
        group.cancelAll()
        while await group.nextResult() != nil {}
      }
      let frames = recorder.frames
      #expect(frames.count == count)
      let numbers = frames.map { Int($0.bytes[0]) << 8 | Int($0.bytes[1]) }
      #expect(numbers == Array(0..<count))
      #expect(
        zip(frames, numbers).allSatisfy {
          $0.snrQuarterDB == Int(Int8(truncatingIfNeeded: $1)) && $0.rssiDBm == -80
        })
    }
  }

  @Test func `two hosts hear each other over TCP, and a server that restarts is found again`()
    async throws
  {
    let air = EmulatedAir()
    let listener = try SocketListener(loopbackPort: 0)
    let line = try PseudoTerminal()
    let (near, far) = (board(1, on: air), board(2, on: air))
    let first = MeshCoreKISSModem(
      .tcp(host: "127.0.0.1", port: listener.port), settings: Self.quick, seed: 1)
    let second = MeshCoreKISSModem(.serial(path: line.slavePath), settings: Self.quick, seed: 2)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await far.serve(line.master) }
      group.addTask {
        while true {
          let stream = try await listener.accept()
          // A client that leaves ends its connection, not the server.
          try? await near.serve(stream)
        }
      }
      try await with(first) { firstEvents in
        try await with(second) { secondEvents in
          try await firstEvents.untilConnected()
          try await secondEvents.untilConnected()
          #expect(await first.transmit([1, 1], sequence: 1) == .sent(onAir: nil))
          try await secondEvents.until { _ in secondEvents.frames.map(\.bytes) == [[1, 1]] }
          #expect(await second.transmit([2, 2], sequence: 1) == .sent(onAir: nil))
          try await firstEvents.until { _ in firstEvents.frames.map(\.bytes) == [[2, 2]] }
          near.step { modem, now in
            modem.receive(HardwareRequest.reboot.frame.encoded(), at: now)
          }
          try await firstEvents.untilConnected(times: 2)
          #expect(near.modem.powerDBm == 10)
        }
      }
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  @Test func `a port that is not there is reported with what to do, and then tried again`()
    async throws
  {
    let modem = MeshCoreKISSModem(.serial(path: "/dev/ttyNOWHERE7"), settings: Self.quick, seed: 3)
    try await with(modem) { recorder in
      try await recorder.until { !$0.isEmpty }
      guard case .disconnected(let error)? = recorder.all.first else {
        throw Failed("\(recorder.all)")
      }
      #expect(error.detail.contains("/dev/ttyNOWHERE7"))
      #expect(error.remedy?.hasPrefix("is it plugged in?") == true)
      guard case .notSent(let refusal) = await modem.transmit([1], sequence: 1) else {
        throw Failed("sent without a modem")
      }
      #expect(refusal.code == .disconnected)
    }
  }
}
