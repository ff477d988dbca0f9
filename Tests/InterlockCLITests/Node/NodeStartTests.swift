import Foundation
import Glibc
import Interlock
import InterlockCommandLine
import InterlockNode
import TestSupport
import Testing

@testable import InterlockCLI

/// Before there is a node: signals, and state that cannot be opened.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct NodeStartTests {
  /// A node in this process whose start does something else.
  static func run(_ start: @escaping @Sendable () async throws -> Node) async throws {
    var runner = NodeRunner(
      source: ConfigurationSource(path: nil),
      presentation: NodePresentation(
        CapturedConsole().console, log: NodeConfiguration().log, asJSON: false, isQuiet: true))
    runner.makeNode = { _, _, _ in try await start() }
    try await runner.run(NodeConfiguration(), for: nil)
  }

  @Test func `a request to end cancels a start that hangs`() async {
    // In a process of its own: signals are the whole process's.
    await #expect(processExitsWith: .success) {
      try await Self.run {
        kill(getpid(), SIGTERM)
        _ = await Doorbell().wait()
        throw CancellationError()
      }
    }
  }

  @Test func `the second one ends the process though the start still hangs`() async {
    await #expect(processExitsWith: .exitCode(128 + SIGINT)) {
      try await Self.run {
        kill(getpid(), SIGTERM)
        _ = await Doorbell().wait()
        kill(getpid(), SIGINT)
        // As a disk that has gone: no cancellation helps.
        await FirstAnswer<Void>().value
        throw CancellationError()
      }
    }
  }

  @Test(arguments: ["identity", "airtime.ledger", "access.list", "remote-settings.json"])
  func `a pipe in the place of a state file is refused, not waited for`(
    name: String
  ) async throws {
    let scratch = try Scratch()
    let configuration = try scratch.configure("node: {name: 'One'}")
    let path = scratch.file("state/\(name)")
    try FileManager.default.createDirectory(
      atPath: scratch.file("state"), withIntermediateDirectories: true)
    #expect(mkfifo(path, 0o600) == 0)
    let node = try RunningProgram(["node", "--config", configuration, "--for", "1s"])
    #expect(try await node.status() == 65)
    try await node.line("\(path), which is not a regular file")
  }

  @Test func `a configuration may come through a pipe`() throws {
    let ended = try Program.run(["node", "--check", "--config"], redirection: "<(echo '{}')")
    #expect(ended.status == 0, "\(ended)")
  }
}
