import Interlock
import InterlockMeshCore
import InterlockSystem
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(10))) struct NodeChannelRuleTests {
  private static let key = [UInt8](repeating: 0x5A, count: 16)

  private func message(_ text: String) throws -> [UInt8] {
    let channel = try #require(Channel(key: Self.key))
    let plaintext = TextMessage(timestamp: 1_700_000_000, text: text).plaintext
    let payload = ChannelEnvelope(sealing: plaintext, for: channel).payload
    return try #require(Packet(route: .flood, type: .groupText, payload: payload)).frame
  }

  /// Lets the node hear a message and waits until it has decided.
  private func hear(_ text: String, _ run: RunningNode, count: UInt64) async throws {
    run.radio.hear(try message(text), at: run.clock.now)
    while run.node.repeater.snapshot().counters.received < count { await Task.yield() }
  }

  @Test func `one sender's messages are dropped and the others relayed, as the file says it now`()
    async throws
  {
    let run = try await RunningNode {
      var channel = ChannelEntry()
      channel.name = "crew"
      channel.key = Self.key
      $0.channels = [channel]
      var note = RuleEntry()
      note.action = .log
      note.text = "*"
      var drop = RuleEntry()
      drop.channel = "crew"
      drop.sender = "Weather*"
      $0.rules = [note, drop]
      $0.log.level = .debug
    }
    try await run.running {
      try await hear("Weather bot: sunnyword", run, count: 1)
      try await hear("Quill: helloword", run, count: 2)
      #expect(run.node.repeater.snapshot().counters.relayedFlood == 1)
      run.reload { $0.rules[1].sender = "quill" }
      await run.said("repeater.rules")
      try await hear("Quill: againword", run, count: 3)
      try await hear("Weather bot: rainyword", run, count: 4)
      #expect(run.node.repeater.snapshot().counters.relayedFlood == 2)
      // Without the right key the rule has nothing to look at.
      run.reload { $0.channels[0].key = [UInt8](repeating: 1, count: 16) }
      await run.said("repeater.channels")
      try await hear("Quill: thirdword", run, count: 5)
      #expect(run.node.repeater.snapshot().counters.relayedFlood == 3)
    }
    await run.node.log.flush(clock: run.clock)
    let bytes = try FileContents.read(run.folder.path + "/node.log", atMost: 1 << 20)
    let log = String(decoding: bytes, as: UTF8.self)
    #expect(log.split(separator: "Rule applies").count == 5, "four of five were noted")
    for secret in ["word", "Weather", "Quill", "crew", Hex.encode(Self.key)] {
      #expect(!log.contains(secret), "\(secret)")
    }
  }
}
