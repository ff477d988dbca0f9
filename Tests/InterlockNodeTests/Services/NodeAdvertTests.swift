import InterlockCrypto
import InterlockMeshCore
import InterlockRadio
import InterlockWire
import TestSupport
import Testing

@testable import InterlockNode

/// What a running node does about the adverts of others, and tells about it.
@Suite(.ownThread, .timeLimit(.minutes(10))) struct NodeAdvertTests {
  private static let neighbour = Identity.generate {
    SecretBytes([UInt8](repeating: 7, count: 32).span)
  }

  private static func flood(_ time: UInt32) throws -> [UInt8] {
    let payload = Advert(
      signedBy: neighbour, timestamp: time, data: AdvertData(nodeType: .chat, name: "n")
    ).payload
    return try #require(Packet(route: .flood, type: .advert, payload: payload)).frame
  }

  /// The node hears one more advert; returns its answer to `stats`.
  private func hear(_ time: UInt32, on run: RunningNode) async throws -> JSONValue {
    let before = run.node.repeater.snapshot().counters.received
    run.radio.hear(try Self.flood(time), at: run.clock.now)
    while run.node.repeater.snapshot().counters.received == before { await Task.yield() }
    return await run.ask(["command": "stats"])
  }

  @Test func `who is barred is counted, told, and stays barred when other options change`()
    async throws
  {
    let run = try await RunningNode {
      $0.adverts.rateLimit = true
      $0.adverts.rateLimitBurst = 1
      $0.adverts.penalty = true
    }
    try await run.running {
      #expect(try await hear(1000, on: run)["adverts"]?["barred"]?.number == .integer(0))
      _ = try await hear(1001, on: run)
      #expect(try await hear(1002, on: run)["adverts"]?["barred"]?.number == .integer(1))
      run.reload { $0.repeater.maximumFloodHops = 7 }
      await run.said("Configuration reloaded")
      let answer = try await hear(1003, on: run)
      #expect(answer["received"]?["not_relayed"]?["advert_rate_limit"]?.number == .integer(2))
      #expect(answer["received"]?["not_relayed"]?["advert_penalty"]?.number == .integer(1))
      #expect(answer["adverts"]?["barred"]?.number == .integer(1))
      let recent = await run.ask(["command": "recent"])
      #expect(recent.serialized().contains("advert_penalty"))
      run.clock.advance(by: .seconds(6 * 3600))
      let later = await run.ask(["command": "stats"])
      #expect(later["adverts"]?["barred"]?.number == .integer(0))
    }
  }

  @Test func `a reload switches the penalty on and off`() async throws {
    let run = try await RunningNode {
      $0.adverts.rateLimit = true
      $0.adverts.rateLimitBurst = 1
    }
    try await run.running {
      for time in 1000...1005 as ClosedRange<UInt32> { _ = try await hear(time, on: run) }
      #expect(run.node.repeater.snapshot().adverts.barred == 0)
      run.reload { $0.adverts.penalty = true }
      await run.said("Configuration reloaded")
      for time in 1006...1007 as ClosedRange<UInt32> { _ = try await hear(time, on: run) }
      #expect(run.node.repeater.snapshot().adverts.barred == 1)
      run.reload { $0.adverts.penalty = false }
      while run.node.repeater.configuration.advertPenalty != nil { await Task.yield() }
      #expect(run.node.repeater.snapshot().adverts.barred == 0)
    }
  }

  @Test func `how busy the mesh is is told, and a reload switches the tiers`() async throws {
    let run = try await RunningNode {
      $0.adverts.rateLimit = true
      $0.adverts.rateLimitBurst = 1
    }
    try await run.running {
      let before = try await hear(1000, on: run)["adverts"]
      #expect(before?["tier"]?.isNull == true)
      #expect(before?["per_minute"]?.isNull == true)
      run.reload { $0.adverts.adaptive = true }
      await run.said("Configuration reloaded")
      // A mesh with one advert is quiet: there is no limit.
      let answer = try await hear(1001, on: run)
      #expect(answer["adverts"]?["tier"]?.string == "quiet")
      #expect(answer["adverts"]?["per_minute"]?.number?.double == 60.0 / 3600)
      #expect(answer["received"]?["accepted_flood"]?.number == .integer(2))
      run.reload { $0.adverts.adaptive = false }
      while run.node.repeater.configuration.advertTiers != nil { await Task.yield() }
      let after = try await hear(1002, on: run)
      #expect(after["adverts"]?["tier"]?.isNull == true)
      #expect(after["received"]?["not_relayed"]?["advert_rate_limit"]?.number == .integer(1))
    }
  }
}
