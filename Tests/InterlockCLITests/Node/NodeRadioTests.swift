import Foundation
import Glibc
import Interlock
import InterlockCommandLine
import InterlockModems
import InterlockNode
import InterlockRadio
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

/// The daemon on a real serial line, with a modem and a neighbour on an emulated air.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct NodeRadioTests {
  static let settings = ModemSettings(
    lora: LoRaSettings(
      frequencyHz: 868_000_000, bandwidthHz: 500_000, spreadingFactor: 7, codingRateDenominator: 5),
    transmitPowerDBm: 10)

  private func configuration(device: String, allowance: String = "30m", more: String = "") -> String
  {
    """
    modem: {type: "kiss_serial", device: "\(device)"},
    radio: {frequencyMHz: 868, bandwidthKHz: 500, spreadingFactor: 7, codingRate: 5, powerDBm: 10},
    dutyCycle: {region: "none", limits: [{window: "1h", allowance: "\(allowance)"}]},
    delays: {floodFactor: 0.01}, log: {level: "debug"},
    \(more)
    """
  }

  /// A board on a pseudo-terminal.
  private func board(_ number: UInt8, on air: EmulatedAir) throws -> (EmulatedBoard, PseudoTerminal)
  {
    let modem = EmulatedKISSModem(
      publicKey: Array(repeating: number, count: 32), deviceName: "board \(number)",
      seed: UInt64(number))
    return (EmulatedBoard(modem, air: air, clock: SystemClock()), try PseudoTerminal())
  }

  private func flood(_ number: UInt32) -> [UInt8] {
    let body = (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    return [0x15, 0x00, 0x77] + body + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
  }

  @Test func `a flood that its neighbour sends is repeated, and only once`() async throws {
    let scratch = try Scratch()
    let air = EmulatedAir()
    let (ours, line) = try board(1, on: air)
    let (theirs, otherLine) = try board(2, on: air)
    let node = try RunningProgram(
      ["node", "--json", "--config", try scratch.configure(configuration(device: line.slavePath))])
    let peer = MeshCoreKISSModem(
      .serial(path: otherLine.slavePath), settings: Self.settings, seed: 7)
    let heard = Inbox()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ours.serve(line.master) }
      group.addTask { try await theirs.serve(otherLine.master) }
      group.addTask { try await peer.run { heard.take($0) } }
      try await node.line(#""state":"connected""#)
      try await heard.connected()

      let frame = flood(1)
      #expect(await peer.transmit(frame, sequence: 1) == .sent(onAir: nil))
      let repeated = try await heard.frame()
      #expect(repeated.count == frame.count + 1, "one hop was appended")
      #expect(repeated[0] == frame[0])
      #expect(repeated[1] == 1)
      #expect(Array(repeated.dropFirst(3)) == Array(frame.dropFirst(2)), "the payload is unchanged")
      try await node.line("Retransmitted packet")

      let count = node.lines.count
      #expect(await peer.transmit(frame, sequence: 2) == .sent(onAir: nil))
      try await node.line(#""verdict":"duplicate""#, after: count)

      node.send(SIGTERM)
      #expect(try await node.status() == 0)
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  @Test(arguments: [SIGTERM, SIGKILL])
  func `spent allowance is still spent after a restart`(end signal: Int32) async throws {
    let scratch = try Scratch()
    let air = EmulatedAir()
    let (ours, _) = try board(1, on: air)
    let (theirs, otherLine) = try board(2, on: air)
    let device = scratch.file("modem")
    // Room for one such frame, not for two.
    let airtime = Self.settings.lora.airtime(ofBytes: 22)
    let milliseconds = airtime.components.attoseconds / 1_000_000_000_000_000 * 3 / 2
    let file = try scratch.configure(
      configuration(
        device: device, allowance: "\(milliseconds)ms",
        more: "transmit: {holdOverBudget: []},"
      ).replacing(
        "limits:", with: "floodShare: 1, limits:"))
    let peer = MeshCoreKISSModem(
      .serial(path: otherLine.slavePath), settings: Self.settings, seed: 7)
    let heard = Inbox()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await theirs.serve(otherLine.master) }
      group.addTask { try await peer.run { heard.take($0) } }
      try await heard.connected()
      for round in UInt32(1)...2 {
        // When the daemon ends it hangs the line up, so each round has a line of its own.
        let line = try PseudoTerminal()
        try? FileManager.default.removeItem(atPath: device)
        try FileManager.default.createSymbolicLink(
          atPath: device, withDestinationPath: line.slavePath)
        group.addTask { try? await ours.serve(line.master) }
        let node = try RunningProgram(["node", "--config", file])
        try await node.line("connected")
        #expect(await peer.transmit(flood(round), sequence: UInt64(round)) == .sent(onAir: nil))
        try await node.line(round == 1 ? "Retransmitted packet" : "duty-cycle exceeded")
        node.send(signal)
        #expect(try await node.status() == (signal == SIGTERM ? 0 : signal))
        line.master.close()
        // A board serves one line at a time; of the three tasks only its service ends here.
        _ = await group.nextResult()
      }
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  /// How many frames have reached the node, those it had no room for included, once it is `total`.
  ///
  /// Each event is a line, so the counters are looked at only after there was one.
  private func heard(
    by node: RunningProgram, _ client: ControlClient, atLeast total: Int
  ) async throws -> Int {
    while true {
      let lines = node.lines.count
      let stats = try await client.ask(["command": "stats"])
      let counts = [stats["received"]?["frames"], stats["radio"]?["lost_frames"]]
      let sum = counts.compactMap { $0?.number?.exactly(Int.self) }.reduce(0, +)
      if sum >= total { return sum }
      try await node.line("{", after: lines)
    }
  }

  @Test func `garbage, half frames and a flood of frames do no harm`() async throws {
    let scratch = try Scratch()
    let (ours, line) = try board(1, on: EmulatedAir())
    let node = try RunningProgram(
      [
        "node", "--json", "--config",
        try scratch.configure(
          configuration(device: line.slavePath).replacing("debug", with: "error")),
      ])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ours.serve(line.master) }
      try await node.line(#""state":"connected""#)
      ours.step { modem, _ in
        for number in UInt32(0)..<10_000 {
          modem.heard(self.flood(number), snrQuarterDB: 20, rssiDBm: -80)
          modem.heard(
            [0xFF, 0xC0, 0xDB, UInt8(truncatingIfNeeded: number)], snrQuarterDB: 4, rssiDBm: -100)
          modem.heard([UInt8(truncatingIfNeeded: number)], snrQuarterDB: -4, rssiDBm: -110)
        }
      }
      // What the node could not take in at once is counted, never silently gone.
      let client = ControlClient(path: scratch.file("state/node.socket"))
      #expect(try await heard(by: node, client, atLeast: 30_000) == 30_000)

      // What no modem would write: noise, wrong escapes, more than a frame holds, frames cut off.
      // It is less than the line takes at once, so it never waits where the board may wait too.
      var random = SeededGenerator(seed: 4)
      for length in [1, 20, 300, 700] {
        let noise = (0..<length).map { _ in
          UInt8.random(in: 1...0xBF, using: &random)
        }
        try await line.master.write([0xDB, 0xDB, 0x01] + noise)
        try await line.master.write([0xC0, 0x06, 0xDB] + noise.prefix(7))
      }
      try await line.master.write([0xC0])
      ours.step { modem, _ in
        for number in UInt32(0)..<100 {
          modem.heard(self.flood(20_000 + number), snrQuarterDB: 20, rssiDBm: -80)
        }
      }
      #expect(try await heard(by: node, client, atLeast: 30_100) == 30_100)
      node.send(SIGTERM)
      #expect(try await node.status() == 0)
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  @Test func `a device that disappears is said, and used again when it returns`() async throws {
    let scratch = try Scratch()
    let air = EmulatedAir()
    let (ours, first) = try board(1, on: air)
    let device = scratch.file("modem")
    try FileManager.default.createSymbolicLink(
      atPath: device, withDestinationPath: first.slavePath)
    let node = try RunningProgram(
      ["node", "--quiet", "--config", try scratch.configure(configuration(device: device))])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try? await ours.serve(first.master) }
      try await node.line("Modem connected")
      try FileManager.default.removeItem(atPath: device)
      first.master.close()
      _ = await group.nextResult()
      try await node.line("Modem disconnected")
      let second = try PseudoTerminal()
      let count = node.lines.count
      try FileManager.default.createSymbolicLink(
        atPath: device, withDestinationPath: second.slavePath)
      group.addTask { try? await ours.serve(second.master) }
      try await node.line("Modem connected", after: count)
      node.send(SIGTERM)
      #expect(try await node.status() == 0)
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  @Test func `a configuration read again while the modem is away is what it gets when it comes`()
    async throws
  {
    let scratch = try Scratch()
    let (ours, line) = try board(1, on: EmulatedAir())
    let device = scratch.file("modem")
    let before = configuration(device: device)
    let node = try RunningProgram(
      ["node", "--quiet", "--config", try scratch.configure(before)])
    try await withThrowingTaskGroup(of: Void.self) { group in
      try await node.line("Modem disconnected")
      _ = try scratch.configure(
        before.replacing("spreadingFactor: 7", with: "spreadingFactor: 9")
          .replacing("powerDBm: 10", with: "powerDBm: 12"))
      node.send(SIGHUP)
      try await node.line("Configuration reloaded")
      try FileManager.default.createSymbolicLink(
        atPath: device, withDestinationPath: line.slavePath)
      group.addTask { try await ours.serve(line.master) }
      try await node.line("Modem connected")
      let wanted = LoRaSettings(
        frequencyHz: 868_000_000, bandwidthHz: 500_000, spreadingFactor: 9,
        codingRateDenominator: 5)
      #expect(ours.modem.settings == wanted)
      #expect(ours.modem.powerDBm == 12)
      let frame = flood(1)
      let answer = try await ControlClient(path: scratch.file("state/node.socket")).ask(
        ["command": "send", "frame": .string(Hex.encode(frame))])
      let airtime = wanted.airtime(ofBytes: frame.count)
      let counted = answer["airtime_us"]?.number?.exactly(Int64.self)
      #expect(counted.map { .microseconds($0) } == airtime)
      node.send(SIGTERM)
      #expect(try await node.status() == 0)
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }
}
