import Foundation
import Glibc
import InterlockCommandLine
import TestSupport
import Testing

@testable import InterlockCLI

/// The daemon as a process: starting, signals, what survives it.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct NodeLifecycleTests {
  private func start(_ configuration: String, _ options: String...) throws -> RunningProgram {
    try RunningProgram(["node", "--config", configuration] + options)
  }

  @Test func `it ends by itself after --for, with a summary and status 0`() async throws {
    let scratch = try Scratch()
    let node = try start(
      try scratch.configure("simulation: {repeaters: 2, users: 2}"), "--for", "1s")
    #expect(try await node.status() == 0)
    for part in ["Node started", "Modem connected", "Node stopped", "heard", "airtime"] {
      try await node.line(part)
    }
    // View and log share a pipe here: each event is told once.
    for part in ["Node started", "onnected", "Node stopped"] {
      #expect(node.lines.count { $0.contains(part) } == 1, "\(part)")
    }
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `radio.R8 a request to end is obeyed, state is saved, and a start follows`(
    signal: Int32
  ) async throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure(
      "simulation: {repeaters: 3, users: 3, messageInterval: '1s'}")
    for _ in 0..<2 {
      let node = try start(configuration)
      try await node.line("Modem connected")
      node.send(signal)
      #expect(try await node.status() == 0)
      try await node.line("Node stopped")
    }
    #expect(try Self.files(scratch) == Self.filesOfAnEndedNode)
    let mode = try FileManager.default.attributesOfItem(atPath: scratch.file("state/identity"))
    #expect(mode[.posixPermissions] as? Int == 0o600)
  }

  @Test func `the identity stays the same over restarts`() async throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure("modem: {type: 'simulated'}")
    var keys: Set<String> = []
    for _ in 0..<2 {
      let node = try start(configuration, "--for", "100ms")
      let line = try await node.line("Node started version=")
      keys.insert(String(line.split(separator: " ").first { $0.hasPrefix("key=") } ?? ""))
      _ = try await node.status()
    }
    #expect(keys.count == 1)
    #expect(keys.first?.count == 68)
  }

  @Test func `SIGHUP puts a new configuration in force, and keeps the old one if it is wrong`()
    async throws
  {
    let scratch = try Scratch()
    let configuration = try scratch.configure("node: {name: 'One'}")
    let node = try start(configuration)
    try await node.line("Modem connected")

    _ = try scratch.configure("node: {name: 'Two', mode: 'monitor'}, simulation: {seed: 5}")
    node.send(SIGHUP)
    let changed = try await node.line("Configuration reloaded")
    #expect(changed.contains("node.name node.mode"))
    try await node.line("Some changes need a restart options=simulation.seed")

    _ = try scratch.configure("node: {\n  nmae: 'Three',\n}")
    node.send(SIGHUP)
    let refused = try await node.line("Configuration not reloaded")
    #expect(refused.contains("node.json5:3:3"), "\(refused)")
    #expect(refused.contains("did you mean name?"), "\(refused)")

    let stats = try Program.run("radio", "stats", "--socket", scratch.file("state/node.socket"))
    #expect(stats.status == 0, "\(stats.errors)")
    #expect(stats.output.contains("Two"))
    #expect(stats.output.contains("monitor"))
    node.send(SIGTERM)
    #expect(try await node.status() == 0)
  }

  @Test func `a second node on the same directory does not start`() async throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure("node: {name: 'One'}")
    let node = try start(configuration)
    try await node.line("Modem connected")
    let second = try Program.run("node", "--config", configuration, "--for", "1s")
    #expect(second.status == 1, "\(second.errors)")
    #expect(second.errors.contains("another node may be running"))
    node.send(SIGTERM)
    #expect(try await node.status() == 0)
  }

  @Test func `an identity that cannot be used is left alone and named`() async throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure("node: {name: 'One'}")
    try FileManager.default.createDirectory(
      atPath: scratch.file("state"), withIntermediateDirectories: true)
    try scratch.write("not a key\n", to: "state/identity")
    let damaged = try Program.run("node", "--config", configuration, "--for", "1s")
    #expect(damaged.status == 65, "\(damaged.errors)")
    #expect(damaged.errors.contains("state/identity holds no identity"))
    #expect(
      try String(contentsOfFile: scratch.file("state/identity"), encoding: .utf8) == "not a key\n")

    try FileManager.default.removeItem(atPath: scratch.file("state/identity"))
    try FileManager.default.createDirectory(
      atPath: scratch.file("state/identity"), withIntermediateDirectories: true)
    let folder = try Program.run("node", "--config", configuration, "--for", "1s")
    #expect(folder.status == 65, "\(folder.errors)")
  }

  @Test func `a wrong configuration ends it with 65, its place and the way out`() throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure("radio: {powerDBm: 99}")
    let ended = try Program.run("node", "--config", configuration)
    #expect(ended.status == 65)
    #expect(ended.errors.contains("node.json5:2:19: radio.powerDBm must be"), "\(ended.errors)")
    #expect(try Program.run("node", "--config", scratch.file("nothing")).status == 65)
  }

  @Test func `a full disk under the ledger is said, and the node goes on`() async throws {
    let scratch = try Scratch()
    let full = try scratch.configure("node: {name: 'One'}")
    let first = try start(full, "--for", "100ms")
    _ = try await first.status()
    let saved = try Data(contentsOf: URL(filePath: scratch.file("state/airtime.ledger")))
    // No file may grow beyond nothing: what a full disk does, for one process.
    let node = try RunningProgram(
      [
        // Whoever started the tests may have had the signal ignored, which is inherited.
        "-c", "ulimit -f 0; exec env --default-signal=XFSZ \"$0\" node --config \"$1\"",
        Program.path.path(), full,
      ],
      executable: URL(filePath: "/bin/bash"))
    try await node.line("The airtime ledger is not saved")
    try await node.line("Modem connected")
    node.send(SIGTERM)
    #expect(try await node.status() == 0)
    #expect(try Data(contentsOf: URL(filePath: scratch.file("state/airtime.ledger"))) == saved)
    #expect(
      try Self.files(scratch) == Self.filesOfAnEndedNode, "something half written was left")
  }

  @Test func `a viewer that goes away neither ends the node nor keeps it from ending in order`()
    async throws
  {
    let scratch = try Scratch()
    let configuration = try scratch.configure("simulation: {repeaters: 2, users: 2}")
    // What is shown goes into a pipe whose reader has ended before the node starts.
    let node = try RunningProgram(
      [
        "-c",
        "exec 4> >(:); wait $!; exec env --default-signal=PIPE \"$0\" node --config \"$1\" >&4",
        Program.path.path(), configuration,
      ],
      executable: URL(filePath: "/bin/bash"))
    try await node.line("Modem connected")
    node.send(SIGTERM)
    #expect(try await node.status() == 0)
    try await node.line("Node stopped")
    #expect(try Self.files(scratch) == Self.filesOfAnEndedNode)
  }

  /// Its state, and the files on which locks were: those stay.
  private static let filesOfAnEndedNode: Set = [
    "identity", "airtime.ledger", "lock", "node.socket.lock",
  ]

  private static func files(_ scratch: Scratch) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: scratch.file("state")))
  }
}
