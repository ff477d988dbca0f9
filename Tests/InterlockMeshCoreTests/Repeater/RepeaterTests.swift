import Foundation
import Interlock
import InterlockMeshCore
import InterlockRadio
import InterlockSimulation
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

  @Test func `radio.C6 of two copies that two tasks bring at once exactly one is sent`() throws {
    try SeededScheduler.explore(seeds: Schedules.seeds()) { scheduler in
      let station = Station(clock: scheduler.clock, seed: scheduler.seed, executor: scheduler)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await station.pipeline.run() }
        let relayed = await withTaskGroup(of: Bool.self, returning: Int.self) { copies in
          for hop: UInt8 in [7, 8] {
            copies.addTask {
              await Task.yield()
              return station.hear(Self.frame(1, path: [hop]), at: scheduler.clock.now) == .relayed
            }
          }
          return await copies.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        try #require(relayed == 1, "seed \(scheduler.seed)")
        try await scheduler.clock.sleep(for: .seconds(30))
        try #require(station.modem.sent.withLock { $0.count } == 1, "seed \(scheduler.seed)")
        group.cancelAll()
        while let ended = await group.nextResult() {
          if case .failure(let error) = ended, !(error is CancellationError) { throw error }
        }
      }
    }
  }

  @Test func `radio.C6 the same on real threads, for thousands of packets`() {
    let station = Station(clock: SystemClock(), seed: 1) { $0.seenCapacity = 16_384 }
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

  @Test func `radio.Q9 a held packet and its better copy are sent once, by the better path`() throws
  {
    try SeededScheduler.run(seed: 3) { scheduler in
      let station = Station(clock: scheduler.clock, seed: 3, executor: scheduler) {
        $0.delays.receptionBase = 10
      }
      let payload = [UInt8](repeating: 5, count: 60)
      try await station.running {
        let now = scheduler.clock.now
        let weak = RepeaterFixture.flood(payload, path: [1, 2])?.frame ?? []
        let good = RepeaterFixture.flood(payload, path: [9])?.frame ?? []
        guard case .held = station.hear(weak, snrQuarterDB: -38, at: now) else {
          Issue.record("not held")
          return
        }
        #expect(station.repeater.snapshot().heldCount == 1)
        #expect(station.hear(good, at: now) == .relayed)
        try await scheduler.clock.sleep(for: .seconds(60))
      }
      let sent = station.modem.sent.withLock { $0 }
      #expect(sent.count == 1)
      #expect(sent.first?[2] == 9)
      #expect(station.repeater.snapshot().heldCount == 0)
      #expect(station.repeater.recentPackets.first?.copyCount == 1)
    }
  }

  @Test func `a held packet is sent by run when no better copy comes`() throws {
    try SeededScheduler.run(seed: 4) { scheduler in
      let station = Station(clock: scheduler.clock, seed: 4, executor: scheduler) {
        $0.delays.receptionBase = 10
      }
      try await station.running {
        _ = station.hear(
          Self.frame(1, path: [1]), snrQuarterDB: -38, at: scheduler.clock.now)
        try await scheduler.clock.sleep(for: .seconds(60))
      }
      #expect(station.modem.sent.withLock { $0.count } == 1)
    }
  }

  @Test func `what the gate refuses is accepted again when it comes by another path`() throws {
    try SeededScheduler.run(seed: 5) { scheduler in
      let station = Station(
        clock: scheduler.clock, seed: 5, executor: scheduler,
        policy: .perMinute(.milliseconds(1)))
      try await station.running {
        #expect(station.hear(Self.frame(1, path: [1]), at: scheduler.clock.now) == .relayed)
        try await scheduler.clock.sleep(for: .seconds(60))
        #expect(station.hear(Self.frame(1, path: [2]), at: scheduler.clock.now) == .relayed)
      }
      #expect(station.modem.sent.withLock { $0.isEmpty })
      #expect(station.repeater.snapshot().counters.forgotten == 2)
    }
  }

  @Test func `a packet's record says whether it was sent, at what cost, or why not`() throws {
    try SeededScheduler.run(seed: 5) { scheduler in
      var transmit = TransmitPolicy()
      transmit.capacity = 1
      let station = Station(
        clock: scheduler.clock, seed: 5, executor: scheduler, transmit: transmit)
      let records = { @Sendable in station.repeater.recentPackets }
      try await station.running {
        station.modem.channel.withLock { $0 = .busy }
        let frame = Self.frame(1, path: [1])
        #expect(station.hear(frame, at: scheduler.clock.now) == .relayed)
        #expect(records().map(\.transmission) == [.pending])
        // There is room for one, and whoever would wait longer gives way.
        #expect(station.hear(Self.frame(2, path: [1, 2, 3]), at: scheduler.clock.now) == .relayed)
        #expect(records().last?.transmission == .refused(.queueFull))
        try await scheduler.clock.sleep(for: .seconds(2))
        station.modem.channel.withLock { $0 = .clear }
        try await scheduler.clock.sleep(for: .seconds(60))
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
  }

  @Test func `it announces itself after a whole interval, and each advert is newer`() throws {
    try SeededScheduler.run(seed: 6) { scheduler in
      let profile = AdvertProfile(
        name: "hill", zeroHopInterval: .seconds(600), floodInterval: .seconds(3600))
      let station = Station(
        clock: scheduler.clock, seed: 6, executor: scheduler, profile: profile)
      try await station.running {
        try await scheduler.clock.sleep(for: .seconds(599))
        #expect(station.modem.sent.withLock { $0.isEmpty })
        try await scheduler.clock.sleep(for: .seconds(7200))
      }
      let packets = try station.modem.sent.withLock { $0 }.map { try Packet(parsing: $0) }
      let adverts = packets.compactMap { Advert(parsing: $0.payload) }
      #expect(adverts.count == packets.count)
      #expect(adverts.allSatisfy { $0.isSignatureValid && $0.data?.name == "hill" })
      #expect(zip(adverts, adverts.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp })
      #expect(packets.contains { $0.route == .flood })
      #expect(packets.filter { $0.route == .direct }.count >= 8)
    }
  }

  @Test func `it runs once at a time, and again after it was cancelled`() throws {
    try SeededScheduler.run(seed: 7) { scheduler in
      let station = Station(clock: scheduler.clock, seed: 7, executor: scheduler)
      for _ in 0..<2 {
        try await station.running {
          try await scheduler.clock.sleep(for: .seconds(1))
          await #expect(throws: Repeater.AlreadyRunning.self) {
            try await station.repeater.run()
          }
        }
      }
    }
  }
}
