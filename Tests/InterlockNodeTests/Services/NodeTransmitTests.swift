import InterlockMeshCore
import InterlockRadio
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(1))) struct NodeTransmitTests {
  static func flood(_ payload: [UInt8], path: [UInt8] = []) throws -> Packet {
    let field = try #require(PathField(hopCount: path.count, hashSize: 1))
    return try #require(
      Packet(route: .flood, type: .groupText, pathField: field, path: path, payload: payload))
  }

  @Test func `the echo of a packet sent over the control socket is not relayed`() async throws {
    let run = try await RunningNode()
    try await run.running {
      let own = try Self.flood([1, 2, 3, 4, 5])
      let answer = await run.ask(["command": "send", "frame": .string(Hex.encode(own.frame))])
      #expect(answer["ok"]?.bool == true, "\(answer)")
      run.radio.hear(try Self.flood([1, 2, 3, 4, 5], path: [9]).frame, at: run.clock.now)
      while run.node.repeater.snapshot().counters.received == 0 { await Task.yield() }
      let counters = run.node.repeater.snapshot().counters
      #expect(counters.duplicateFlood == 1)
      #expect(counters.relayedFlood == 0)
      #expect(counters.originated == 1)
    }
    #expect(run.radio.sent.count == 1)
  }

  @Test func `a packet without payload is not sent`() async throws {
    let run = try await RunningNode()
    try await run.running {
      let answer = await run.ask(["command": "send", "frame": "1500"])
      #expect(answer["ok"]?.bool == false)
      #expect(answer["error"]?.string?.contains("no payload") == true, "\(answer)")
    }
    #expect(run.radio.sent.isEmpty)
  }
}
