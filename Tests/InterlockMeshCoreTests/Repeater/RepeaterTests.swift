import Foundation
import Interlock
import InterlockLabTesting
import InterlockMeshCore
import InterlockRadio
import TestSupport
import Testing

/// Counts that several threads add to.
private final class Tally: Sendable {
  let counts: Guarded<[Int]>

  init(count: Int) { counts = Guarded([Int](repeating: 0, count: count)) }
}

@Suite(.tags(.race), .ownThread) struct RepeaterTests {
  private static func frame(_ number: Int, path: [UInt8]) -> [UInt8] {
    let payload = (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    return RepeaterFixture.flood(payload, path: path)?.frame ?? []
  }

  @Test(.explored(.many()))
  func `radio.C6 of two copies that two tasks bring at once exactly one is sent`() async throws {
    let station = Station()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await station.pipeline.run() }
      let relayed = await withTaskGroup(of: Bool.self, returning: Int.self) { copies in
        for hop: UInt8 in [7, 8] {
          copies.addTask {
            await Task.yield()
            return station.hear(Self.frame(1, path: [hop]), at: station.clock.now) == .relayed
          }
        }
        return await copies.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      try #require(relayed == 1)
      try await station.clock.sleep(for: .seconds(30))
      try #require(station.modem.sent.withLock { $0.count } == 1)
      group.cancelAll()
      while let ended = await group.nextResult() {
        if case .failure(let error) = ended, !(error is CancellationError) { throw error }
      }
    }
  }

  @Test func `radio.C6 the same on real threads, for thousands of packets`() {
    let station = Station { $0.seenCapacity = 16_384 }
    let packets = 5000
    let relayed = Tally(count: packets)
    // Nothing is sent: the pipeline is not running. What counts is who accepts.
    DispatchQueue.concurrentPerform(iterations: packets * 4) { iteration in
      let number = iteration / 4
      let copy = UInt8(iteration % 4) + 1
      guard station.hear(Self.frame(number, path: [copy]), at: .origin) == .relayed else { return }
      relayed.counts.withLock { $0[number] += 1 }
    }
    // A full queue refuses a packet, which is then forgotten and may be accepted once more.
    let counters = station.repeater.snapshot().counters
    let accepted = relayed.counts.withLock { $0.reduce(0, +) }
    #expect(relayed.counts.withLock { $0.allSatisfy { $0 >= 1 } })
    #expect(UInt64(accepted) == counters.relayedFlood)
    #expect(counters.received == UInt64(packets * 4))
    #expect(counters.relayedFlood - counters.forgotten <= UInt64(packets))
    #expect(counters.relayedFlood + counters.dropped(.duplicate) == counters.received)
  }

  @Test(.explored(.many(100)))
  func `radio.Q9 a held packet and its better copy are sent once, by the better path`() async throws
  {
    let station = Station {
      $0.delays.receptionBase = 10
    }
    let payload = [UInt8](repeating: 5, count: 60)
    try await station.running {
      let now = station.clock.now
      let weak = RepeaterFixture.flood(payload, path: [1, 2])?.frame ?? []
      let good = RepeaterFixture.flood(payload, path: [9])?.frame ?? []
      guard case .held = station.hear(weak, snrQuarterDB: -38, at: now) else {
        Issue.record("not held")
        return
      }
      #expect(station.repeater.snapshot().heldCount == 1)
      #expect(station.hear(good, at: now) == .relayed)
      try await station.clock.sleep(for: .seconds(60))
    }
    let sent = station.modem.sent.withLock { $0 }
    #expect(sent.count == 1)
    #expect(sent.first?[2] == 9)
    #expect(station.repeater.snapshot().heldCount == 0)
    #expect(station.repeater.recentPackets.first?.copyCount == 1)
  }

  @Test(.explored(.many(100))) func `a held packet is sent by run when no better copy comes`()
    async throws
  {
    let station = Station {
      $0.delays.receptionBase = 10
    }
    try await station.running {
      _ = station.hear(
        Self.frame(1, path: [1]), snrQuarterDB: -38, at: station.clock.now)
      try await station.clock.sleep(for: .seconds(60))
    }
    #expect(station.modem.sent.withLock { $0.count } == 1)
  }

  @Test(.explored(.many(100)))
  func `what the gate refuses is accepted again when it comes by another path`() async throws {
    let station = Station(policy: .perMinute(.milliseconds(1)))
    try await station.running {
      #expect(station.hear(Self.frame(1, path: [1]), at: station.clock.now) == .relayed)
      try await station.clock.sleep(for: .seconds(60))
      #expect(station.hear(Self.frame(1, path: [2]), at: station.clock.now) == .relayed)
    }
    #expect(station.modem.sent.withLock { $0.isEmpty })
    #expect(station.repeater.snapshot().counters.forgotten == 2)
  }

  @Test(.explored(.many(100)))
  func `a packet's record says whether it was sent, at what cost, or why not`() async throws {
    var transmit = TransmitPolicy()
    transmit.capacity = 1
    let station = Station(transmit: transmit)
    let records = { @Sendable in station.repeater.recentPackets }
    try await station.running {
      station.modem.channel.withLock { $0 = .busy }
      let frame = Self.frame(1, path: [1])
      #expect(station.hear(frame, at: station.clock.now) == .relayed)
      #expect(records().map(\.transmission) == [.pending])
      // There is room for one, and whoever would wait longer gives way.
      #expect(station.hear(Self.frame(2, path: [1, 2, 3]), at: station.clock.now) == .relayed)
      #expect(records().last?.transmission == .refused(.queueFull))
      try await station.clock.sleep(for: .seconds(2))
      station.modem.channel.withLock { $0 = .clear }
      try await station.clock.sleep(for: .seconds(60))
      guard case .ended(let report)? = records().first?.transmission else {
        Issue.record("\(String(describing: records().first?.transmission))")
        return
      }
      #expect(report.result == .sent && report.attempts == 1)
      #expect(report.airtime == RepeaterFixture.settings.airtime(ofBytes: frame.count + 1))
      #expect(report.listenAttempts > 1 && report.listenBackoff > .zero)
      #expect(records().first?.outgoingBytes == station.modem.sent.withLock { $0.first })
    }
  }

  @Test(.explored(.many(100)))
  func `it announces itself after a whole interval, and each advert is newer`() async throws {
    let profile = AdvertProfile(
      name: "hill", zeroHopInterval: .seconds(600), floodInterval: .seconds(3600))
    let station = Station(profile: profile)
    try await station.running {
      try await station.clock.sleep(for: .seconds(599))
      #expect(station.modem.sent.withLock { $0.isEmpty })
      try await station.clock.sleep(for: .seconds(7200))
    }
    let packets = try station.modem.sent.withLock { $0 }.map { try Packet(parsing: $0) }
    let adverts = packets.compactMap { Advert(parsing: $0.payload) }
    #expect(adverts.count == packets.count)
    #expect(adverts.allSatisfy { $0.isSignatureValid && $0.data?.name == "hill" })
    #expect(zip(adverts, adverts.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp })
    #expect(packets.contains { $0.route == .flood })
    #expect(packets.filter { $0.route == .direct }.count >= 8)
  }

  @Test(.explored(.many(100))) func `it runs once at a time, and again after it was cancelled`()
    async throws
  {
    let station = Station()
    for _ in 0..<2 {
      try await station.running {
        try await station.clock.sleep(for: .seconds(1))
        await #expect(throws: Repeater.AlreadyRunning.self) {
          try await station.repeater.run()
        }
      }
    }
  }
}
