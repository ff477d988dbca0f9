import InterlockMeshCore
import InterlockRadio
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

@Suite(.ownThread, .timeLimit(.minutes(10))) struct NodeTransmitTests {
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

  @Test func `a packet whose time is over before its turn is given up, and said to be late`()
    async throws
  {
    let run = try await RunningNode()
    let gate = Gate()
    run.radio.holdTransmissions(at: gate)
    try await run.running {
      let first = try Self.flood([1, 2, 3, 4, 5])
      let second = try Self.flood([6, 7, 8, 9, 10])
      async let sent = run.ask(["command": "send", "frame": .string(Hex.encode(first.frame))])
      await gate.reached.wait()
      async let late = run.ask([
        "command": "send", "frame": .string(Hex.encode(second.frame)), "timeout_ms": 100,
      ])
      while run.node.repeater.snapshot().counters.originated < 2 { await Task.yield() }
      run.clock.advance(by: .milliseconds(150))
      let answer = await late
      #expect(answer["ok"]?.bool == false)
      #expect(answer["reason"]?.string == ControlAnswer.notInTime, "\(answer)")
      gate.opened.open()
      #expect(await sent["ok"]?.bool == true)
    }
    #expect(run.radio.sent.count == 1)
  }

  @Test func `a packet for which the allowance comes too late is refused at once`() async throws {
    let own = try Self.flood([1, 2, 3, 4, 5])
    let other = try Self.flood([6, 7, 8, 9, 10])
    let airtime = try RadioSection().lora().airtime(ofBytes: own.frame.count)
    let run = try await RunningNode { configuration in
      var limit = LimitEntry()
      limit.window = .seconds(60)
      // Room for one such packet, not for two.
      limit.allowance = airtime * 3 / 2
      configuration.dutyCycle.region = .none
      configuration.dutyCycle.floodShare = 1
      configuration.dutyCycle.limits = [limit]
    }
    try await run.running {
      let sent = await run.ask(["command": "send", "frame": .string(Hex.encode(own.frame))])
      #expect(sent["ok"]?.bool == true, "\(sent)")
      let answer = await run.ask([
        "command": "send", "frame": .string(Hex.encode(other.frame)), "timeout_ms": 10_000,
      ])
      #expect(answer["reason"]?.string == ControlAnswer.notInTime, "\(answer)")
    }
    #expect(run.radio.sent.count == 1)
  }
}
