import Interlock
import InterlockLabTesting
import InterlockMeshCore
import TestSupport
import Testing

@testable import InterlockRadio

/// A packet that was accepted and then not sent is unknown again; until then a copy is a duplicate.
@Suite(.tags(.race), .ownThread) struct RepeaterForgettingTests {
  private static func copy(_ number: UInt8, by hop: UInt8) -> [UInt8] {
    RepeaterFixture.flood([number, 2, 3, 4, 5, 6, 7, 8], path: [hop])?.frame ?? []
  }

  private static let airtime = RepeaterFixture.settings.airtime(ofBytes: copy(1, by: 1).count + 1)

  @Test(.explored(.many(200)))
  func `radio.C2 cancelled during its delay a packet is taken again by another path`() async throws
  {
    let station = Station()
    try await station.running {
      let now = station.clock.now
      try #require(station.hear(Self.copy(1, by: 1), at: now) == .relayed)
      try #require(station.hear(Self.copy(1, by: 2), at: now) == .dropped(.duplicate))
      // The repeater keeps no names of packets, so every name the first one can have.
      for sequence: UInt64 in 0...1 {
        station.pipeline.cancel(TransmitID(sequence: sequence, slot: 0))
      }
      let counters = station.pipeline.snapshot().counters
      try #require(counters.dropped[.cancelled] == 1)
      try #require(station.pipeline.snapshot().pending == 0)
      try #require(station.repeater.snapshot().counters.forgotten == 1)
      try #require(station.hear(Self.copy(1, by: 2), at: now) == .relayed)
      try await station.clock.sleep(for: .seconds(30))
      try #require(station.hops == [2])
      // What was on the air is not forgotten.
      try #require(
        station.hear(Self.copy(1, by: 3), at: station.clock.now) == .dropped(.duplicate))
    }
  }

  @Test(.explored(.many(100)))
  func `radio.C2 a pipeline that stops leaves none of its packets behind as seen`() async throws {
    let station = Station()
    try await station.running {
      // The pipeline is about to begin; once it has, its packet is dropped with it.
      try await station.clock.sleep(for: .seconds(1))
      #expect(station.hear(Self.copy(1, by: 1), at: station.clock.now) == .relayed)
    }
    #expect(station.pipeline.snapshot().counters.dropped[.shutdown] == 1)
    try await station.running {
      try await station.clock.sleep(for: .seconds(1))
      #expect(station.hear(Self.copy(1, by: 2), at: station.clock.now) == .relayed)
      try await station.clock.sleep(for: .seconds(30))
    }
    #expect(station.hops == [2])
  }

  @Test(.explored(.many(100)))
  func `radio.Q5 what became stale in the queue is taken again by another path`() async throws {
    // The channel is never free, and the packet waits for it longer than it may become old.
    var transmit = TransmitPolicy()
    transmit.listenLimit = .seconds(100)
    let station = Station(transmit: transmit)
    station.modem.channel.withLock { $0 = .busy }
    try await station.running {
      #expect(station.hear(Self.copy(1, by: 1), at: station.clock.now) == .relayed)
      try await station.clock.sleep(for: .seconds(59))
      #expect(station.hear(Self.copy(1, by: 2), at: station.clock.now) == .dropped(.duplicate))
      try await station.clock.sleep(for: .seconds(2))
      station.modem.channel.withLock { $0 = .clear }
      try await station.clock.sleep(for: .seconds(1))
      #expect(station.pipeline.snapshot().counters.dropped[.stale] == 1)
      #expect(station.hear(Self.copy(1, by: 3), at: station.clock.now) == .relayed)
      try await station.clock.sleep(for: .seconds(30))
    }
    #expect(station.hops == [3])
  }

  @Test(.explored(.many(200)))
  func `what the gate drops at its turn is taken again, what it let through is not`() async throws {
    var transmit = TransmitPolicy()
    transmit.checksOnScheduling = false
    let station = Station(policy: .perMinute(Self.airtime * 3 / 2), transmit: transmit)
    try await station.running {
      for number: UInt8 in 1...2 {
        let verdict = station.hear(Self.copy(number, by: 1), at: station.clock.now)
        try #require(verdict == .relayed)
      }
      try await station.clock.sleep(for: .seconds(70))
      try #require(station.hops == [1])
      try #require(station.pipeline.snapshot().counters.dropped[.dutyCycleGate] == 1)
      let again = (UInt8(1)...2).map {
        station.hear(Self.copy($0, by: 2), at: station.clock.now)
      }
      try #require(again.filter { $0 == .relayed }.count == 1)
      try #require(again.filter { $0 == .dropped(.duplicate) }.count == 1)
      try await station.clock.sleep(for: .seconds(30))
      try #require(station.hops == [1, 2])
    }
  }
}

extension Station {
  /// The first hop of each frame that was sent, which tells copies apart.
  fileprivate var hops: [UInt8] { modem.sent.withLock { $0.map { $0[2] } } }
}
