import Foundation
import Glibc
import InterlockCommandLine
import InterlockMeshCore
import InterlockModems
import InterlockRadio
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

@testable import InterlockCLI
@testable import InterlockNode

@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct RadioSendTests {
  @Test func `beside a running node it drives no modem, as the account has one writer`()
    async throws
  {
    let scratch = try Scratch()
    let file = try scratch.configure("")
    var configuration = NodeConfiguration()
    configuration.storage.directory = scratch.file("state")
    configuration.modem.type = .kissSerial
    let node = try StateLock(StatePaths(configuration))
    let arguments = [
      "radio", "send", "15000102030405060708090a", "--port", scratch.file("modem"), "--config",
      file,
    ]
    let beside = CapturedConsole()
    #expect(await InterlockProgram.program.run(arguments, console: beside.console) == .failed)
    #expect(beside.errors.contains("lock"))
    #expect(beside.errors.contains("leave the modem out"))
    withExtendedLifetime(node) {}
  }

  @Test func `a modem that is not there ends it with 69`() async throws {
    let scratch = try Scratch()
    let arguments = [
      "radio", "send", "15000102030405060708090a", "--port", scratch.file("modem"), "--config",
      try scratch.configure(""), "--timeout", "1h",
    ]
    let alone = CapturedConsole()
    #expect(await InterlockProgram.program.run(arguments, console: alone.console) == .unreachable)
    #expect(alone.errors.contains("No such file"))
  }

  // MARK: On the air

  private static let settings = ModemSettings(
    lora: LoRaSettings(
      frequencyHz: 868_000_000, bandwidthHz: 500_000, spreadingFactor: 7, codingRateDenominator: 5),
    transmitPowerDBm: 10)
  private static let frame = "15000102030405060708090a"
  private static let channel = [
    "--frequency", "868", "--bw", "500", "--sf", "7", "--cr", "5", "--power", "10",
  ]
  private static let radio = """
    radio: {frequencyMHz: 868, bandwidthKHz: 500, spreadingFactor: 7, codingRate: 5, powerDBm: 10},
    adverts: {floodInterval: "0", neighbourInterval: "0"},
    """
  /// Room for one such frame, not for two.
  private static let oneFrame =
    "dutyCycle: {region: \"none\", floodShare: 1, limits: [{window: \"1h\", allowance: \""
    + (settings.lora.airtime(ofBytes: frame.utf8.count / 2) * 3 / 2).notation + "\"}]},"

  private func send(_ words: [String]) async -> (InterlockCommandLine.ExitStatus, CapturedConsole) {
    let console = CapturedConsole()
    let status = await InterlockProgram.program.run(
      ["radio", "send"] + words, console: console.console)
    return (status, console)
  }

  /// Serves boards to whoever connects while `body` runs.
  private func serving(
    _ boards: NetworkBoard..., while body: () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for board in boards { group.addTask { try await board.serve() } }
      try await body()
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  @Test func `with a modem of its own it keeps to the dutyCycle of the configuration`() async throws
  {
    let ours = try NetworkBoard(1, on: EmulatedAir())
    let words = [Self.frame, "--tcp", ours.address] + Self.channel
    try await serving(ours) {
      let scratch = try Scratch()
      let file = try scratch.configure(Self.oneFrame)
      #expect(await send(words + ["--config", file]).0 == .done)
      let (spent, console) = await send(words + ["--config", file])
      #expect(spent == .notInTime)
      #expect(console.errors.contains("duty_cycle"), "\(console.errors)")

      let other = try Scratch()
      let short = try other.configure("dutyCycle: {maximumTransmission: \"10ms\"}")
      let (refused, said) = await send(words + ["--config", short])
      #expect(refused == .failed)
      #expect(said.errors.contains("dwell"), "\(said.errors)")
    }
  }

  @Test func `with a modem of its own it keeps to the mode of the configuration`() async throws {
    let ours = try NetworkBoard(1, on: EmulatedAir())
    let words = [Self.frame, "--tcp", ours.address] + Self.channel
    try await serving(ours) {
      let scratch = try Scratch()
      let silent = try scratch.configure("node: {mode: \"no_tx\"}")
      let (refused, said) = await send(words + ["--config", silent])
      #expect(refused == .failed)
      #expect(said.errors.contains("(mode)"), "\(said.errors)")
      let monitor = try scratch.configure("node: {mode: \"monitor\"}")
      #expect(await send(words + ["--config", monitor]).0 == .done)
    }
  }

  @Test func `its floods are bound to the default region, with the node's size of hop`()
    async throws
  {
    let ours = try NetworkBoard(1, on: EmulatedAir())
    try await serving(ours) {
      let scratch = try Scratch()
      let file = try scratch.configure(
        "repeater: {pathHashBytes: 2}, regions: {default: \"eu\", known: [{name: \"eu\"}]}")
      for packet in [["--text", "hello"], ["--advert", "--flood"]] {
        let (sent, console) = await send(
          packet + ["--json", "--tcp", ours.address, "--config", file] + Self.channel)
        #expect(sent == .done, "\(console.errors)")
        let frame = try #require(
          JSONValue(parsing: Array(console.output.utf8))["frame"]?.string.flatMap { Hex.decode($0) }
        )
        let heard = try Packet(parsing: frame)
        #expect(heard.route == .transportFlood)
        #expect(heard.pathField.hashSize == 2)
        let code = try Region("eu").code(
          type: heard.payloadType.rawValue, payload: Array(heard.payload).span)
        #expect(heard.transportCodes == TransportCodes(region: code))
      }
    }
  }

  @Test func `a text with more bytes than a message has is refused, not cut`() async throws {
    let words = ["--name", "Ann", "--socket", "/nonexistent/node.socket"]
    let (cut, console) = await send(["--text", String(repeating: "x", count: 156)] + words)
    #expect(cut == .badInput)
    #expect(console.errors.contains("161 bytes"), "\(console.errors)")
    #expect(await send(["--text", String(repeating: "x", count: 155)] + words).0 == .unreachable)
  }

  @Test func `what a running node cannot send in time ends it with 75`() async throws {
    let scratch = try Scratch()
    let file = try scratch.configure(
      Self.radio + Self.oneFrame
        + "node: {mode: \"monitor\"}, simulation: {repeaters: 1, users: 1, messageInterval: \"1h\"}"
    )
    let node = try RunningProgram(["node", "--quiet", "--config", file])
    try await node.line("Modem connected")
    let words = [Self.frame, "--config", file, "--timeout", "20s"]
    let (sent, said) = await send(words)
    #expect(sent == .done, "\(said.errors)")
    let (late, console) = await send(words)
    #expect(late == .notInTime, "\(console.errors)")
    node.send(SIGTERM)
    #expect(try await node.status() == 0)
  }

  @Test func `an advert tells of the configured node, whether it is sent here or by that node`()
    async throws
  {
    let air = EmulatedAir()
    let ours = try NetworkBoard(1, on: air)
    let theirs = try NetworkBoard(2, on: air)
    let scratch = try Scratch()
    let file = try scratch.configure(
      Self.radio + """
        modem: {type: "kiss_tcp", host: "127.0.0.1", port: \(ours.listener.port)},
        identity: {key: "\(String(repeating: "17", count: 32))"},
        node: {name: "Hill", latitude: 52.5, longitude: 13.25},
        """)
    let peer = MeshCoreKISSModem(
      .tcp(host: "127.0.0.1", port: theirs.listener.port), settings: Self.settings, seed: 7)
    let heard = Inbox()
    let listening = Task { try await peer.run { heard.take($0) } }
    try await serving(ours, theirs) {
      try await heard.connected()
      let words = ["--advert", "--config", file]
      let alone = words + ["--tcp", ours.address] + Self.channel
      #expect(await send(alone).0 == .done)
      let here = try await advert(try await heard.frame())
      #expect(here.contains("Hill"), "\(here)")
      #expect(here.contains("52.5") && here.contains("13.25"), "\(here)")
      #expect(await send(alone + ["--name", "Dale"]).0 == .done)
      #expect(try await advert(try await heard.frame()).contains("Dale"))

      let node = try RunningProgram(["node", "--quiet", "--config", file])
      try await node.line("Modem connected")
      #expect(await send(words + ["--name", "Dale"]).0 == .usage)
      #expect(await send(words).0 == .done)
      #expect(try await advert(try await heard.frame()) == here)
      #expect(await send(words + ["--flood"]).0 == .done)
      #expect(try await heard.frame().first == 0x11, "an advert by flood")
      node.send(SIGTERM)
      #expect(try await node.status() == 0)
      #expect(!FileManager.default.fileExists(atPath: scratch.file("state/identity")))
    }
    listening.cancel()
    _ = await listening.result
  }

  /// What an advert says of its node, which leaves out when it was made.
  private func advert(_ frame: [UInt8]) async throws -> String {
    let console = CapturedConsole()
    #expect(await console.run("radio", "decode", Hex.encode(frame)) == .done)
    let said = ["route", "public key", "signature valid", "latitude", "longitude", "name"]
    return console.output.split(separator: "\n").map { $0.drop { $0 == " " } }
      .filter { line in said.contains { line.hasPrefix($0) } }.joined(separator: "\n")
  }
}
